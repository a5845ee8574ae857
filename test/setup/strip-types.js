// Jest's door for TypeScript: the same stripping that Node does when it runs the server.
import { stripTypeScriptTypes } from 'node:module';

export default { process: (source) => ({ code: stripTypeScriptTypes(source) }) };
