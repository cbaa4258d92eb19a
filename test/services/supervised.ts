// A run of Flexor in miniature for crash.test.ts: both services and a role under a supervisor.
//   argv: the data directory, then optionally "role"
import path from 'node:path';
import { dieWithParent, spawnRole, startPostgres, startTemporal, Supervisor } from '../../services/index.ts';

const [directory = '', mode] = process.argv.slice(2);

async function role(): Promise<void> {
  dieWithParent(1_000);
  process.on('SIGTERM', () => {
    if (mode === 'stuck-role') for (;;); // a role whose event loop no longer turns
    console.log('role stopped');
    process.exit(0);
  });
  console.log('role runs');
  setInterval(() => {}, 2 ** 30);
}

async function supervise(): Promise<number> {
  const supervisor = new Supervisor({ say: (line) => console.log(line) });
  const roleMode = mode === 'stuck' ? 'stuck-role' : 'role';
  return supervisor.run(async () => {
    const dirOf = (name: string) => path.join(directory, name);
    const postgres = await supervisor.start('PostgreSQL', () =>
      startPostgres({ dataDir: dirOf('postgres') }),
    );
    const temporal = await supervisor.start('Temporal', () =>
      startTemporal({ dataDir: dirOf('temporal'), headless: true }),
    );
    const own = await supervisor.start('role', () =>
      spawnRole({ name: 'role', program: process.argv[1] ?? '', args: [directory, roleMode] }),
    );
    const pids = { postgres: postgres.pid, temporal: temporal.pid, role: own.pid };
    for (const [name, { exited }] of Object.entries({ postgres, temporal, role: own })) {
      void exited.then(() => console.log(`${name} ended`));
    }
    console.log(`serving ${JSON.stringify(pids)}`);
  });
}

if (mode?.endsWith('role')) await role();
else process.exit(await supervise());
