// An error as OData JSON writes it (OData JSON 4.0, section 19).
import type { FeedError } from '../../base/feed-error.ts';

/**
 * `{"error":{"code","message","target","details":[…]}}`. The hint is in the message as well as in the details, because
 * Power BI and Excel show only the message.
 */
export function encodeError({ code, message, target, hint, position }: FeedError): Uint8Array {
  const details = [
    ...(hint === undefined ? [] : [{ code: 'hint', message: hint }]),
    ...(position === undefined
      ? []
      : [{ code: 'position', message: `At character ${position + 1}.`, target }]),
  ];
  const fullMessage = hint === undefined ? message : `${message} ${hint}`;
  return Buffer.from(JSON.stringify({ error: { code, message: fullMessage, target, details } }));
}
