// A number that a generation carries, and by which it is known whether it has the shape of the model at hand.
import { createHash } from 'node:crypto';
import { deriveDdl } from '../../../../schema/derive/ddl.ts';
import type { Model } from '../../../../schema/model.ts';

// Raised when something is laid out anew that neither the model nor its DDL says, such as the word index.
const LAYOUT_VERSION = 2;

/** Fits SQLite's user_version: from 1 to 2^31 − 1. Files from before there were marks have 0. */
export function schemaFingerprint(model: Model): number {
  const shape = JSON.stringify([LAYOUT_VERSION, deriveDdl(model), [...model.entities.values()]]);
  return (createHash('sha256').update(shape).digest().readUInt32BE() >>> 1) | 1;
}
