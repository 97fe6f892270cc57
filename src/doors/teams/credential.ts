/** The bot's own token, from a client secret, a certificate or a managed identity. */
import { createHash, X509Certificate } from 'node:crypto';
import {
  ConfidentialClientApplication,
  LogLevel,
  ManagedIdentityApplication,
  type AuthenticationResult,
  type INetworkModule,
} from '@azure/msal-node';
import { cloudOf, type Mode, type ProductionMode } from './mode.ts';

/** A token that Teams takes, from the cache of the library while it is good. */
export type FetchToken = () => Promise<string>;

/** No token could be had, so nothing was sent. */
export class TokenUnavailable extends Error {
  override name = 'TokenUnavailable';
}

export function createFetchToken(mode: Mode, network?: INetworkModule): FetchToken | null {
  if (mode.kind === 'playground') return null;
  const acquire = acquirer(mode, network);
  return async () => {
    let result: AuthenticationResult | null;
    try {
      result = await acquire();
    } catch (error) {
      // What the library throws can quote the answer of the directory, tenant and correlation ids included.
      const code = error instanceof Error && 'errorCode' in error ? String(error.errorCode) : 'unknown';
      throw new TokenUnavailable(`Microsoft Entra gave us no token (${code})`);
    }
    if (result === null || result.accessToken === '')
      throw new TokenUnavailable('Microsoft Entra gave us no token');
    return result.accessToken;
  };
}

function acquirer(
  mode: ProductionMode,
  network?: INetworkModule,
): () => Promise<AuthenticationResult | null> {
  const { credential, clientId, tenantId, tokenIssuer } = mode;
  const { scope, authority } = cloudOf(tokenIssuer);
  const system = {
    loggerOptions: { loggerCallback() {}, logLevel: LogLevel.Error, piiLoggingEnabled: false },
    ...(network === undefined ? {} : { networkClient: network }),
  };
  if (credential.kind === 'managed-identity') {
    const identity = new ManagedIdentityApplication({
      managedIdentityIdParams: { userAssignedClientId: credential.identity },
      system,
    });
    return () => identity.acquireToken({ resource: scope.replace(/\/\.default$/, '') });
  }
  const app = new ConfidentialClientApplication({
    auth: {
      clientId,
      authority: `${authority}/${tenantId}`,
      ...(credential.kind === 'secret'
        ? { clientSecret: credential.secret }
        : {
            clientCertificate: {
              thumbprintSha256: thumbprint(credential.certificate),
              privateKey: credential.privateKey,
              x5c: credential.certificate,
            },
          }),
    },
    system,
  });
  return () => app.acquireTokenByClientCredential({ scopes: [scope] });
}

function thumbprint(certificate: string): string {
  return createHash('sha256').update(new X509Certificate(certificate).raw).digest('hex');
}
