// Loaded into a feed by `node --import`: tells whoever started it how late its event loop is, when asked.
import { loopLag } from './loop-lag.ts';

process.on('message', () => process.send?.(loopLag()));
// Listening alone would keep the process from ending.
process.channel?.unref();
