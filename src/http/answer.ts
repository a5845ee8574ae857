// What goes back to a client, as a value: made by the corridors, written by send-answer.ts.
import type { ErrorCode } from '../base/error-codes.ts';

/** A piece of a body, and how many rows it holds. The memory of rows goes to whoever sends them, who lets go of it. */
export interface BodyPart {
  readonly bytes: Uint8Array;
  readonly rows: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A stream's first part is already read: what can fail before a byte is sent has failed. Null for no body. */
  readonly body: Uint8Array | AsyncIterable<BodyPart> | null;
  /** Rows in a body that is not a stream. */
  readonly rows?: number;
  /** Why it failed, for the observation. */
  readonly code?: ErrorCode;
}
