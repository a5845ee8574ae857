// $select text → the names it lists.
import { TokenReader } from './token-reader.ts';
import type { SelectItem } from '../syntax/parsed-request.ts';

/**
 * Reads `deviceName, deviceKey`, `*` or paths with slashes.
 * Throws FeedError `request.malformed-option` with the position.
 */
export function parseSelect(text: string): readonly SelectItem[] {
  const tokens = new TokenReader({ text, target: '$select', code: 'request.malformed-option' });
  const items = parseSelectItems(tokens);
  tokens.expectEnd('a comma or the end');
  return items;
}

/** Reads items until no comma follows. */
export function parseSelectItems(tokens: TokenReader): readonly SelectItem[] {
  const items: SelectItem[] = [];
  do {
    const { at } = tokens.peek();
    const segments: string[] = [];
    do segments.push(parseSelectSegment(tokens));
    while (tokens.takeSign('/'));
    items.push({ segments, at });
  } while (tokens.takeSign(','));
  const rest = tokens.peek();
  if (rest.kind === 'sign' && rest.sign === '(')
    tokens.refuseUnsupported(rest.at, 'An option inside $select');
  return items;
}

function parseSelectSegment(tokens: TokenReader): string {
  if (tokens.takeSign('*')) return '*';
  const token = tokens.take();
  if (token.kind !== 'name' || token.text.startsWith('$')) tokens.unexpected(token, 'a property or *');
  return token.text;
}
