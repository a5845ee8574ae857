// The national clouds of Microsoft. Each has its own directory and Graph, and accepts only its own tokens.

export interface Cloud {
  /** The resource that tokens are for, and the root of every address. */
  readonly graphUrl: string;
  /** Where the directory issues tokens. */
  readonly loginUrl: string;
}

export const CLOUDS = {
  global: { graphUrl: 'https://graph.microsoft.com', loginUrl: 'https://login.microsoftonline.com' },
  'usgov-l4': { graphUrl: 'https://graph.microsoft.us', loginUrl: 'https://login.microsoftonline.us' },
  'usgov-l5': { graphUrl: 'https://dod-graph.microsoft.us', loginUrl: 'https://login.microsoftonline.us' },
  china: {
    graphUrl: 'https://microsoftgraph.chinacloudapi.cn',
    loginUrl: 'https://login.partner.microsoftonline.cn',
  },
} as const satisfies Readonly<Record<string, Cloud>>;

export interface CloudOptions {
  readonly cloud: keyof typeof CLOUDS;
  /** Addresses that replace those of the cloud; null where they do not. */
  readonly graphUrl: string | null;
  readonly loginUrl: string | null;
}

export function cloudOf({ cloud, graphUrl, loginUrl }: CloudOptions): Cloud {
  const defaults = CLOUDS[cloud];
  return { graphUrl: graphUrl ?? defaults.graphUrl, loginUrl: loginUrl ?? defaults.loginUrl };
}
