// A proxy on loopback that tunnels, and records who connected to which host.
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';

export interface TestProxy {
  /** With `user:password@` where it needs credentials. */
  url(user?: string): string;
  /** `credentials host:port` of each. */
  readonly tunnels: readonly string[];
  stop(): Promise<void>;
}

/** Every tunnel leads to the same server: the proxy resolves hosts that this machine cannot. */
export async function startProxy(to: string): Promise<TestProxy> {
  const tunnels: string[] = [];
  const server = createServer().on('connect', ({ url = '', headers }, socket) => {
    tunnels.push(`${headers['proxy-authorization']} ${url}`);
    const far = connect(Number(new URL(to).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      far.pipe(socket).pipe(far);
    });
    socket.on('error', () => far.destroy());
    far.on('error', () => socket.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: (user = '') => `http://${user}127.0.0.1:${port}`,
    tunnels,
    stop: () => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(() => closed()));
    },
  };
}
