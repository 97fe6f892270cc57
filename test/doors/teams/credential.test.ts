import { generateKeyPairSync } from 'node:crypto';
import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import { describe, expect, it } from 'vitest';
import { createFetchToken } from '../../../src/doors/teams/credential.ts';
import type { Credential, ProductionMode } from '../../../src/doors/teams/mode.ts';

const tenant = '11111111-2222-3333-4444-555555555555';

function modeOf(credential: Credential, tokenIssuer = 'https://api.botframework.com'): ProductionMode {
  return {
    kind: 'production',
    clientId: 'app-id',
    tenantId: tenant,
    allowedTenants: [tenant],
    credential,
    extraServiceHosts: [],
    tokenIssuer,
  };
}

/** Stands in for Microsoft Entra, below its library. */
function entra(status: number, answer: object) {
  const asked: { url: string; body: URLSearchParams }[] = [];
  const network: INetworkModule = {
    sendGetRequestAsync: <T>() => Promise.reject<NetworkResponse<T>>(new Error('nothing is to be fetched')),
    sendPostRequestAsync: <T>(url: string, options?: NetworkRequestOptions) => {
      asked.push({ url, body: new URLSearchParams(options?.body) });
      return Promise.resolve({ headers: {}, status, body: answer as T });
    },
  };
  return { asked, network };
}

describe('the bot’s own token', () => {
  it('is asked of the app’s own tenant with the secret, once', async () => {
    const { asked, network } = entra(200, {
      token_type: 'Bearer',
      expires_in: 3_600,
      access_token: 'the-token',
    });
    const fetchToken = createFetchToken(modeOf({ kind: 'secret', secret: 'hidden' }), network);
    const tokens = [await fetchToken?.(), await fetchToken?.()];

    expect(tokens).toEqual(['the-token', 'the-token']);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.url).toContain(`https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`);
    expect(asked[0]?.body.get('scope')).toContain('https://api.botframework.com/.default');
    expect(asked[0]?.body.get('client_secret')).toBe('hidden');
  });

  it('is asked of the government’s cloud where its issuer signs', async () => {
    const { asked, network } = entra(200, {
      token_type: 'Bearer',
      expires_in: 3_600,
      access_token: 'the-token',
    });
    await createFetchToken(
      modeOf({ kind: 'secret', secret: 'hidden' }, 'https://api.botframework.us'),
      network,
    )?.();

    expect(asked[0]?.url).toContain('https://login.microsoftonline.us/');
    expect(asked[0]?.body.get('scope')).toContain('https://api.botframework.us/.default');
  });

  it('says that there is none, and why in one word, without what the directory answered', async () => {
    const { network } = entra(401, {
      error: 'invalid_client',
      error_description: 'AADSTS7000215: the secret of erin is wrong',
    });
    const fetchToken = createFetchToken(modeOf({ kind: 'secret', secret: 'wrong' }), network);

    await expect(fetchToken?.()).rejects.toThrow('Microsoft Entra gave us no token (invalid_client)');
  });

  it('is not asked for in the playground', () => {
    expect(createFetchToken({ kind: 'playground' })).toBeNull();
  });

  it('refuses a certificate that is none when it is built', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

    expect(() =>
      createFetchToken(modeOf({ kind: 'certificate', certificate: 'none', privateKey: key })),
    ).toThrow();
  });
});
