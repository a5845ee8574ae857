// Small faults that a test should notice: each is one change of one place in a source file.
import ts from 'typescript';

export interface Mutant {
  /** From the root of the repository. */
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** `a < b → a <= b`, shortened. */
  readonly description: string;
}

const OPERATORS: Readonly<Partial<Record<ts.SyntaxKind, string>>> = {
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: '!==',
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: '===',
  [ts.SyntaxKind.LessThanToken]: '<=',
  [ts.SyntaxKind.LessThanEqualsToken]: '<',
  [ts.SyntaxKind.GreaterThanToken]: '>=',
  [ts.SyntaxKind.GreaterThanEqualsToken]: '>',
  [ts.SyntaxKind.AmpersandAmpersandToken]: '||',
  [ts.SyntaxKind.BarBarToken]: '&&',
  [ts.SyntaxKind.PlusToken]: '-',
  [ts.SyntaxKind.MinusToken]: '+',
};

/** In SQL: what a `sql` template says, changed in one place. */
const SQL_WORDS: readonly (readonly [RegExp, string])[] = [
  [/(?<=\s)<(?=\s)/g, '<='],
  [/(?<=\s)<=(?=\s)/g, '<'],
  [/(?<=\s)>(?=\s)/g, '>='],
  [/(?<=\s)>=(?=\s)/g, '>'],
  [/\bAND\b/g, 'OR'],
  [/\bOR\b(?! (?:IGNORE|REPLACE))/g, 'AND'],
  [/\bNOT EXISTS\b/g, 'EXISTS'],
  [/(?<!NOT )\bEXISTS\b/g, 'NOT EXISTS'],
  [/\bIS NOT\b/g, 'IS'],
  [/\bUNION ALL\b/g, 'UNION'],
  [/\bLEFT JOIN\b/g, 'JOIN'],
  [/\bDESC\b/g, 'ASC'],
  [/\bmin\(/gi, 'max('],
];

/** All mutants of a file, in the order of their places. */
export function mutantsOf(path: string, text: string): readonly Mutant[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const mutants: Mutant[] = [];
  const add = (start: number, end: number, replacement: string): void => {
    const line = source.getLineAndCharacterOfPosition(start).line + 1;
    const [before, after] = [text.slice(0, start), text.slice(end)];
    const excerpt = `${before.slice(-30)}⟦${text.slice(start, end)} → ${replacement}⟧${after.slice(0, 30)}`;
    const description = excerpt.replaceAll(/\s+/g, ' ').trim();
    mutants.push({ path, line, start, end, text: replacement, description });
  };
  const visit = (node: ts.Node): void => {
    // Types are gone when the tests run.
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isImportDeclaration(node)) return;
    if (ts.isBinaryExpression(node)) mutateOperator(node, add);
    else if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
      add(node.getStart(), node.operand.getStart(), '');
    } else if (ts.isConditionalExpression(node) || ts.isIfStatement(node)) {
      const condition = ts.isIfStatement(node) ? node.expression : node.condition;
      add(condition.getStart(), condition.getEnd(), `!(${condition.getText()})`);
    } else if (node.kind === ts.SyntaxKind.TrueKeyword) add(node.getStart(), node.getEnd(), 'false');
    else if (node.kind === ts.SyntaxKind.FalseKeyword) add(node.getStart(), node.getEnd(), 'true');
    else if (ts.isNumericLiteral(node)) add(node.getStart(), node.getEnd(), String(Number(node.text) + 1));
    else if (ts.isTaggedTemplateExpression(node)) mutateSql(node.template, add);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return mutants;
}

type Add = (start: number, end: number, replacement: string) => void;

function mutateOperator(node: ts.BinaryExpression, add: Add): void {
  const { operatorToken: operator, right } = node;
  if (operator.kind === ts.SyntaxKind.QuestionQuestionToken) {
    add(node.getStart(), right.getStart(), '');
    return;
  }
  const replacement = OPERATORS[operator.kind];
  if (replacement !== undefined) add(operator.getStart(), operator.getEnd(), replacement);
}

function mutateSql(template: ts.TemplateLiteral, add: Add): void {
  const pieces = ts.isNoSubstitutionTemplateLiteral(template)
    ? [template]
    : [template.head, ...template.templateSpans.map(({ literal }) => literal)];
  for (const piece of pieces) {
    const text = piece.getText();
    for (const [pattern, replacement] of SQL_WORDS) {
      for (const { 0: word, index } of text.matchAll(pattern)) {
        const start = piece.getStart() + index;
        add(start, start + word.length, replacement);
      }
    }
  }
}
