// An HTTP answer as a value: made by the corridor, written by send-answer.ts.
import type { ErrorCode } from '../base/error-codes.ts';

/** A piece of a body, and how many rows it holds. The sender owns the memory of rows, and releases it. */
export interface BodyPart {
  readonly bytes: Uint8Array;
  readonly rows: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The first part of a stream has been read already, so that early failures are errors of their own. Null for no body. */
  readonly body: Uint8Array | AsyncIterable<BodyPart> | null;
  /** Rows in a body that is not a stream. */
  readonly rows?: number;
  /** The error code, for the observation. */
  readonly code?: ErrorCode;
}
