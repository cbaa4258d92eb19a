import ts from 'typescript';

/** One small change of the code, which at least one test has to notice. */
export interface Mutation {
  readonly id: string;
  /** `on-order.ts:42` and the code that is changed. */
  readonly where: string;
  readonly code: string;
  readonly change: 'negated' | 'dropped' | 'at the boundary';
}

/** Where the instrumented code finds which mutation is on: see `switches.ts`. */
const SWITCHES = 'globalThis.flexorMutations';

interface Edit {
  readonly at: number;
  readonly order: number;
  readonly text: string;
  readonly length?: number;
}

/**
 * The same code with every mutation of its guards in it, all switched off: conditions and comparisons can be negated,
 * operands of `&&` and `||` dropped, and comparisons moved by their boundary.
 * @param name the name of the file, for people
 */
export function instrument(code: string, name: string): { code: string; mutations: readonly Mutation[] } {
  const source = ts.createSourceFile(name, code, ts.ScriptTarget.Latest, true);
  const edits: Edit[] = [];
  const mutations: Mutation[] = [];

  const register = (node: ts.Node, change: Mutation['change']): string => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    const id = `${name}#${mutations.length}`;
    mutations.push({
      id,
      where: `${name}:${line + 1}`,
      code: node.getText().replaceAll(/\s+/g, ' '),
      change,
    });
    return JSON.stringify(id);
  };
  const wrap = (node: ts.Node, depth: number, change: Mutation['change'], call: string): void => {
    const id = register(node, change);
    edits.push({ at: node.getStart(), order: depth, text: `${SWITCHES}.${call}(${id}, ` });
    edits.push({ at: node.getEnd(), order: -depth, text: ')' });
  };

  const visit = (node: ts.Node, depth: number): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node)) return;
    const condition = ts.isIfStatement(node)
      ? node.expression
      : ts.isConditionalExpression(node)
        ? node.condition
        : undefined;
    if (condition && !isEquality(condition)) wrap(condition, 3 * depth, 'negated', 'negate');
    if (isEquality(node)) wrap(node, 3 * depth, 'negated', 'negate');
    if (ts.isBinaryExpression(node)) {
      const { left, right, operatorToken } = node;
      const dropped = { '&&': 'yes', '||': 'no' }[operatorToken.getText()];
      if (dropped) {
        wrap(left, 3 * depth + 1, 'dropped', dropped);
        wrap(right, 3 * depth + 1, 'dropped', dropped);
      }
      if (['<', '<=', '>', '>='].includes(operatorToken.getText())) {
        const id = register(node, 'at the boundary');
        const operator = JSON.stringify(operatorToken.getText());
        edits.push({
          at: node.getStart(),
          order: 3 * depth + 2,
          text: `${SWITCHES}.compare(${id}, ${operator}, `,
        });
        edits.push({ at: operatorToken.getStart(), order: 0, text: ',', length: operatorToken.getWidth() });
        edits.push({ at: node.getEnd(), order: -(3 * depth + 2), text: ')' });
      }
    }
    ts.forEachChild(node, (child) => visit(child, depth + 1));
  };
  visit(source, 0);
  return { code: apply(code, edits), mutations };
}

function isEquality(node: ts.Node): boolean {
  return ts.isBinaryExpression(node) && ['===', '!=='].includes(node.operatorToken.getText());
}

/** At one position what closes comes before what opens; of these the outer opens first and closes last. */
function apply(code: string, edits: readonly Edit[]): string {
  const sorted = [...edits].sort((a, b) => a.at - b.at || a.order - b.order);
  let [text, from] = ['', 0];
  for (const { at, text: inserted, length = 0 } of sorted) {
    text += code.slice(from, at) + inserted;
    from = at + length;
  }
  return text + code.slice(from);
}
