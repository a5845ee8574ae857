// The table of limits as people read it: what `print limits` prints and docs/limits.md shows.
import { LIMIT_TABLE } from '../../base/limits.ts';

/** In Markdown, a limit a line. */
export function limitsTable(): string {
  const rows = Object.entries(LIMIT_TABLE).map(([name, { max, violation, hint, code }]) => {
    const cells = [`\`${name}\``, String(max), `… ${violation.replace('#', String(max))}`, code, hint];
    return `| ${cells.map((cell) => cell ?? 'the page ends').join(' | ')} |`;
  });
  return ['| limit | value | met by what … | answer | instead |', '|---|---:|---|---|---|', ...rows].join(
    '\n',
  );
}
