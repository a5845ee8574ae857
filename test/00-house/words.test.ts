// The field's words: what means nothing to a newcomer, or several things, does not come back.
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { sourceFiles, type SourceFile } from './source-files.ts';
import { FORBIDDEN_NAMES, FORBIDDEN_WORDS } from './words.ts';

/** Public or persisted, and so they stay; or the standard's own. File → what stands there. */
const ALLOWED: Readonly<Record<string, readonly RegExp[]>> = {
  // Descriptions of columns, which $metadata shows.
  'schema/subjects/devices.ts': [/as last told\.|could not be told|no report tells/],
  'schema/subjects/encryption.ts': [/cannot be told, such as/],
  // Names of settings and flags, which deployments set.
  'src/cli/wiring/demo-tenant.ts': [/\bnights\b/],
  'src/auth/authenticator.ts': [/readonly usualRole: string;/],
  // A member of a file in data folders.
  'etl/graph/export/export-job-store.ts': [/\bnight\b/],
};

const files = sourceFiles(['schema', 'src', 'etl', 'fixtures', 'test']).filter(
  ({ path }) => !path.startsWith('test/00-house/words'),
);

function violations({ path, text }: SourceFile): readonly string[] {
  const allowed = ALLOWED[path] ?? [];
  const found: string[] = [];
  text.split('\n').forEach((line, index) => {
    if (allowed.some((pattern) => pattern.test(line))) return;
    for (const { pattern, instead } of FORBIDDEN_WORDS) {
      const [word] = pattern.exec(line) ?? [];
      if (word !== undefined) found.push(`${path}:${index + 1} says '${word}'. Instead: ${instead}`);
    }
  });
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node): void => {
    const name = declaredName(node);
    const forbidden = FORBIDDEN_NAMES.find(({ pattern }) => name !== null && pattern.test(name));
    if (forbidden) {
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line;
      if (!allowed.some((pattern) => pattern.test(text.split('\n')[line] ?? ''))) {
        found.push(`${path}:${line + 1} names something '${String(name)}'. Instead: ${forbidden.instead}`);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function declaredName(node: ts.Node): string | null {
  const isDeclaration =
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isMethodSignature(node) ||
    ts.isPropertySignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isClassDeclaration(node);
  return isDeclaration && node.name && ts.isIdentifier(node.name) ? node.name.text : null;
}

describe('the words of the code', () => {
  test('are those of the glossary', () => {
    expect(files.flatMap(violations)).toEqual([]);
  });
});
