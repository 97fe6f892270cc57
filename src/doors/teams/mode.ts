/** How the door is run: for a company with its app registration, or for the local test client that sends no tokens. */

export type Credential =
  | { kind: 'secret'; secret: string }
  | { kind: 'certificate'; certificate: string; privateKey: string }
  | { kind: 'managed-identity'; identity: string };

export interface ProductionMode {
  kind: 'production';
  clientId: string;
  tenantId: string;
  /** Tenants whose people are answered. */
  allowedTenants: string[];
  credential: Credential;
  /** Hosts of the service besides Microsoft's documented ones. */
  extraServiceHosts: string[];
  tokenIssuer: string;
}

export interface CastMember {
  /** In small letters: it is their id in this door, too. */
  email: string;
  name: string;
  title: string;
}

export interface Cast {
  /** E-mail address of whoever one is at first. */
  as: string;
  people: readonly CastMember[];
}

export interface PlaygroundMode {
  kind: 'playground';
  /** Whom one may be in front of the client; without it one is whom the client says. */
  cast?: Cast;
}

export type Mode = ProductionMode | PlaygroundMode;

export interface Cloud {
  /** Where the service publishes the keys that it signs with. */
  keysUrl: string;
  /** What our own token is asked for. */
  scope: string;
  /** Where it is asked for. */
  authority: string;
}

const publicCloud: Cloud = {
  keysUrl: 'https://login.botframework.com/v1/.well-known/keys',
  scope: 'https://api.botframework.com/.default',
  authority: 'https://login.microsoftonline.com',
};

const governmentCloud: Cloud = {
  keysUrl: 'https://login.botframework.azure.us/v1/.well-known/keys',
  scope: 'https://api.botframework.us/.default',
  authority: 'https://login.microsoftonline.us',
};

/** The issuer of the tokens that come in tells which of Microsoft's clouds this is. */
export function cloudOf(tokenIssuer: string): Cloud {
  return new URL(tokenIssuer).hostname === 'api.botframework.us' ? governmentCloud : publicCloud;
}

/** A door that lets anybody in without a token must not know a secret that anybody could then make it use. */
export function checkMode(mode: Mode): void {
  if (mode.kind === 'production') {
    const empty = [mode.clientId, mode.tenantId, mode.tokenIssuer].some((value) => value.trim() === '');
    if (empty || mode.allowedTenants.length === 0 || mode.allowedTenants.includes(''))
      throw new Error('The Teams door needs a client id, a tenant id, allowed tenants and a token issuer.');
    if (mode.credential.kind === 'secret' && mode.credential.secret.trim() === '')
      throw new Error('The Teams door needs a client secret that is not empty.');
  } else if (Object.keys(mode).some((key) => key !== 'kind' && key !== 'cast'))
    throw new Error('The Teams door in playground mode takes no production setting.');
}
