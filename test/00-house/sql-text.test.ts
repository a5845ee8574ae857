// SQL is text in src/sql only, and there only behind the `sql` tag.
import { expect, test } from '@jest/globals';
import ts from 'typescript';
import { sourceFiles, type SourceFile } from './source-files.ts';

const files = sourceFiles(['schema', 'src', 'etl', 'fixtures']);

/** Words of SQL in capitals, as we write it. */
const SQL =
  /\b(?:SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|FROM|WHERE|JOIN|UNION|EXCEPT|VALUES|CAST|CASE|WHEN|NULL|DISTINCT|ORDER BY|GROUP BY|PRAGMA|ATTACH|DETACH|VACUUM|ANALYZE|EXPLAIN|BEGIN|COMMIT)\b/;

/** Files with such words in other texts, and why. */
const OTHER_TEXTS: Readonly<Record<string, string>> = {
  'src/engines/sqlite/read/explaining-engine.ts': 'EXPLAIN is put before a finished statement',
};

/** Files that hand text to SQLite, and whose text that is. */
const STATEMENT_RUNNERS: Readonly<Record<string, string>> = {
  'src/engines/sqlite/execute-sql.ts': 'finished fragments',
  'src/engines/sqlite/read/connection-cache.ts':
    'statements of the read side, which src/sql finished before they crossed threads',
  'src/engines/sqlite/read/explaining-engine.ts': 'the same, to be explained',
};

/** The literals of a file that the `sql` tag does not mark, one text each. */
function untaggedTexts({ path, text }: SourceFile): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'sql') {
      // Its literals are SQL; what it puts in is looked at.
      if (ts.isTemplateExpression(node.template))
        node.template.templateSpans.forEach((span) => visit(span.expression));
      return;
    }
    if (ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return found;
}

test('the scan finds SQL in strings, in templates and inside of tagged ones', () => {
  const text = [
    "const a = 'SELECT 1';",
    'const b = `DROP TABLE ${a}`;',
    'const c = sql`SELECT ${raw(`x FROM y`)}`;',
    'const d = sql`SELECT 1`;',
  ].join('\n');
  const found = untaggedTexts({ path: 'any.ts', text }).filter((each) => SQL.test(each));
  expect(found).toEqual(['SELECT 1', 'DROP TABLE ', 'x FROM y']);
});

test('no text is SQL without the tag', () => {
  const untagged = files
    .filter(({ path }) => !(path in OTHER_TEXTS))
    .flatMap((file) =>
      untaggedTexts(file)
        .filter((text) => SQL.test(text))
        .map((text) => `${file.path}: ${text}`),
    );
  expect(untagged).toEqual([]);
});

test('the files with words of SQL in other texts still have them', () => {
  const without = files
    .filter((file) => file.path in OTHER_TEXTS && !untaggedTexts(file).some((text) => SQL.test(text)))
    .map(({ path }) => path);
  expect(without).toEqual([]);
});

test('statements reach SQLite only where finished fragments and statements of src/sql are run', () => {
  const running = files
    .filter(({ path }) => path.startsWith('src/engines/'))
    .filter(({ text }) => /\b\w*[dD]atabase\)?\s*\.(?:prepare|exec|pragma)\b/.test(text))
    .map(({ path }) => path);
  expect(running).toEqual(Object.keys(STATEMENT_RUNNERS));
});
