// Sends a request byte for byte, as an attacker would, on its own connection, and reads the answer.
import { connect } from 'node:net';

export interface RawRequest {
  /** The request line, such as `GET /beta/devices`. Blanks in its target are encoded, and HTTP/1.1 is the default. */
  readonly line: string;
  /** Header lines. `Host` and `Connection: close` precede them unless they are among them; `-Host` omits them. */
  readonly headers?: readonly string[];
  /** The body; it has a length only if a header says so. */
  readonly body?: string;
}

export interface RawReply {
  /** 0 where the connection ended without an answer. */
  readonly status: number;
  /** The header lines of the first answer. */
  readonly head: string;
  /** Everything after the head, with chunk sizes. */
  readonly body: string;
  /** The number of answers: more than one means that a request was smuggled in. */
  readonly answers: number;
  /** The code of the error, or an empty text. */
  readonly code: string;
}

const TIMEOUT_MS = 10_000;

export function sendRawRequest(
  base: string,
  { line, headers = [], body = '' }: RawRequest,
): Promise<RawReply> {
  const { hostname, port, host } = new URL(base);
  const [method = '', ...targetParts] = line.split(' ');
  const version = /^HTTP\/[\d.]+$/.test(targetParts.at(-1) ?? '') ? targetParts.pop() : 'HTTP/1.1';
  const hasHeader = (name: string): boolean =>
    headers.some((each) => each.replace(/^-/, '').startsWith(name));
  const lines = [
    [method, targetParts.join('%20'), version].filter((word) => word !== '').join(' '),
    ...(hasHeader('Host') ? [] : [`Host: ${host}`]),
    ...(hasHeader('Connection') ? [] : ['Connection: close']),
    ...headers.filter((each) => !each.startsWith('-')),
  ];
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => {
      socket.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1'));
    });
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`No answer to ${line.slice(0, 80)}`)));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // The server may close the connection before it has read everything.
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => resolve(replyOf(Buffer.concat(chunks).toString('latin1'))));
  });
}

function replyOf(text: string): RawReply {
  const end = text.indexOf('\r\n\r\n');
  const [head, body] = end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end + 4)];
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0),
    head,
    body,
    answers: text.match(/HTTP\/1\.1 \d{3} /g)?.length ?? 0,
    code: /"error":\{"code":"([^"]*)"/.exec(body)?.[1] ?? '',
  };
}
