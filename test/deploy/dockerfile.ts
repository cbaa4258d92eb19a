import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, posix } from 'node:path';

/** One line of a Dockerfile, continuations joined. */
export interface Instruction {
  readonly name: string;
  readonly rest: string;
}

export function parseDockerfile(text: string): Instruction[] {
  return text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line.trim()) ?? [];
      return { name: name.toUpperCase(), rest };
    });
}

/** The files of a build context: what .dockerignore leaves, as paths relative to `root`. */
export function buildContext(root: string): string[] {
  const rules = readFileSync(join(root, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => ({ keep: line.startsWith('!'), pattern: matcher(line.replace(/^!/, '').trim()) }));
  const kept = (path: string): boolean => {
    // As Docker does: the last rule that matches the file or a folder above it decides.
    const names = path.split('/').map((_, index, all) => all.slice(0, index + 1).join('/'));
    return rules.findLast(({ pattern }) => names.some((name) => pattern.test(name)))?.keep ?? true;
  };
  const skipped = ['.git', 'node_modules'];
  return readdirSync(root, { withFileTypes: true })
    .filter(({ name }) => !skipped.includes(name))
    .flatMap((entry) =>
      entry.isDirectory()
        ? readdirSync(join(root, entry.name), { recursive: true, withFileTypes: true })
            .filter((inner) => inner.isFile())
            .map((inner) => posix.join(inner.parentPath.slice(root.length).replace(/^\//, ''), inner.name))
        : [entry.name],
    )
    .filter(kept);
}

function matcher(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\//g, '\0')
    .replace(/\*/g, '[^/]*')
    .replace(/\0/g, '(?:.*/)?');
  return new RegExp(`^${source}$`);
}

/** A stage as far as a machine without containers can build it: a folder that stands for the image's root. */
interface Stage {
  readonly folder: string;
  workdir: string;
  env: Record<string, string>;
  entrypoint: string[];
}

/**
 * Carries out a Dockerfile without a container engine: every stage is an empty folder, COPY copies, RUN runs in a
 * shell there. The machine's own Node stands in for the base image. Any instruction it does not know is an error.
 */
export class Rehearsal {
  readonly #root: string;
  readonly #scratch = mkdtempSync(join(tmpdir(), 'flexor-image-'));
  readonly #stages: (Stage & { name: string })[] = [];
  readonly #context: string[];
  /** Every RUN command, in order. */
  readonly ran: string[] = [];

  constructor(root: string) {
    this.#root = root.replace(/\/$/, '');
    this.#context = buildContext(this.#root);
  }

  build(dockerfile: string): void {
    for (const instruction of parseDockerfile(dockerfile)) this.#step(instruction);
  }

  /** Runs the finished image's entry point, with `args` for CMD. */
  run(...args: string[]): string {
    const [command, ...rest] = this.#now().entrypoint;
    return execFileSync(command!, [...rest, ...args], { ...this.#shellOptions(), encoding: 'utf8' });
  }

  /** A path of the finished image. */
  path(inImage: string): string {
    return join(this.#now().folder, inImage);
  }

  remove(): void {
    // Three trees of packages: far quicker by the machine's own tool.
    execFileSync('rm', ['-rf', this.#scratch]);
  }

  #step({ name, rest }: Instruction): void {
    switch (name) {
      case 'FROM':
        return this.#from(rest);
      case 'WORKDIR':
        this.#now().workdir = rest;
        mkdirSync(this.path(rest), { recursive: true });
        return;
      case 'ENV': {
        const [key = '', value = ''] = rest.split('=', 2);
        this.#now().env[key] = value;
        return;
      }
      case 'COPY':
        return this.#copy(rest.split(/\s+/));
      case 'RUN':
        this.ran.push(rest);
        execFileSync('sh', ['-c', rest], { ...this.#shellOptions(), stdio: ['ignore', 'ignore', 'pipe'] });
        return;
      case 'ENTRYPOINT':
        this.#now().entrypoint = JSON.parse(rest) as string[];
        return;
      case 'USER':
      case 'CMD':
        return;
      default:
        throw new Error(`The rehearsal does not know the instruction ${name}.`);
    }
  }

  #from(rest: string): void {
    const [base = '', , name = 'final'] = rest.split(/\s+/);
    const folder = join(this.#scratch, name);
    const parent = this.#stages.find((stage) => stage.name === base);
    mkdirSync(folder);
    if (parent) linkTree(parent.folder, folder);
    const inherited = parent ?? { workdir: '/', env: {}, entrypoint: [] };
    this.#stages.push({
      name,
      folder,
      workdir: inherited.workdir,
      env: { ...inherited.env },
      entrypoint: inherited.entrypoint,
    });
  }

  #copy(words: string[]): void {
    const from = words[0]?.startsWith('--from=') ? words.shift()!.slice('--from='.length) : undefined;
    const target = words.pop()!;
    const into = this.path(posix.resolve(this.#now().workdir, target));
    if (from !== undefined) {
      const source = this.#stages.find((stage) => stage.name === from)!;
      for (const path of words) linkTree(join(source.folder, path), into);
      return;
    }
    for (const path of words) {
      const files = this.#context.filter(
        (file) => path === '.' || file === path || file.startsWith(`${path}/`),
      );
      if (files.length === 0) throw new Error(`COPY ${path}: .dockerignore leaves nothing of it.`);
      const folder = path === '.' || statSync(join(this.#root, path)).isDirectory();
      for (const file of files) {
        const inside = path === '.' ? file : file.slice(path.length + 1);
        copyFile(join(this.#root, file), folder ? join(into, inside) : join(into, basename(file)));
      }
    }
  }

  #shellOptions() {
    const stage = this.#now();
    const { PATH = '', npm_config_cache, HOME } = process.env;
    const env = {
      PATH,
      HOME: join(this.#scratch, 'home'),
      // Packages come from the machine's cache where it has them; nothing else of the machine is seen.
      npm_config_cache: npm_config_cache ?? join(HOME ?? '', '.npm'),
      npm_config_prefer_offline: 'true',
      ...stage.env,
    };
    return { cwd: this.path(stage.workdir), env };
  }

  #now(): Stage {
    return this.#stages.at(-1)!;
  }
}

function copyFile(source: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  cpSync(source, target);
}

/** Copies a folder's content by hard links, as an image layer would be shared. */
function linkTree(source: string, target: string): void {
  if (!existsSync(source)) throw new Error(`COPY --from: ${source} is not there.`);
  mkdirSync(target, { recursive: true });
  execFileSync('cp', ['-RPl', `${source}/.`, target]);
}
