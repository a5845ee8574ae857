// $select text → the names it lists.
import { FeedError } from '../base/feed-error.ts';
import { TokenReader } from './lexer.ts';
import type { SelectItem } from './wanted.ts';

/**
 * Reads `deviceName, deviceKey`, `*` or paths with slashes.
 * Throws FeedError `request.malformed-option` with the position.
 */
export function parseSelect(text: string): readonly SelectItem[] {
  const target = '$select';
  const tokens = new TokenReader({ text, target, code: 'request.malformed-option' });
  const items: SelectItem[] = [];
  do {
    const { at } = tokens.peek();
    const segments: string[] = [];
    do segments.push(readSegment(tokens));
    while (tokens.takeSign('/'));
    items.push({ segments, at });
  } while (tokens.takeSign(','));
  const rest = tokens.peek();
  if (rest.kind === 'sign' && rest.sign === '(') {
    throw new FeedError('request.not-offered', 'Options inside $select are not offered.', {
      target,
      position: rest.at,
    });
  }
  tokens.expectEnd('a comma or the end');
  return items;
}

function readSegment(tokens: TokenReader): string {
  if (tokens.takeSign('*')) return '*';
  const token = tokens.take();
  if (token.kind !== 'name' || token.text.startsWith('$')) tokens.unexpected(token, 'a property or *');
  return token.text;
}
