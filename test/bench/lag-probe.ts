// Loaded into a feed by `node --import`: reports on request to the parent process how late its event loop is.
import { loopLag } from './loop-lag.ts';

process.on('message', () => process.send?.(loopLag()));
// Listening alone would keep the process from ending.
process.channel?.unref();
