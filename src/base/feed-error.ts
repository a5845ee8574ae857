// The one error class: everything a caller can act on.
import type { ErrorCode } from './error-codes.ts';

export interface FeedErrorDetail {
  /** What the error is about, as the caller wrote it: a query option, a property, a setting. */
  readonly target?: string;
  /** What would be right; sent beside the message. */
  readonly hint?: string | undefined;
  /** 0-based offset of the offending character in the decoded text of the target. */
  readonly position?: number;
  /** Whole seconds after which the same request may succeed. */
  readonly retryAfterSeconds?: number;
  /** Absolute address at which to begin again. */
  readonly location?: string;
  readonly cause?: unknown;
}

/**
 * Thrown for what a caller can act on. Wrong use by our own code is a TypeError; anything else is a defect.
 * The message is one sentence with the offending text and what would be right.
 */
export class FeedError extends Error {
  override readonly name = 'FeedError';
  readonly code: ErrorCode;
  readonly target: string | undefined;
  readonly hint: string | undefined;
  readonly position: number | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly location: string | undefined;

  constructor(code: ErrorCode, message: string, detail: FeedErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.target = detail.target;
    this.hint = detail.hint;
    this.position = detail.position;
    this.retryAfterSeconds = detail.retryAfterSeconds;
    this.location = detail.location;
  }
}
