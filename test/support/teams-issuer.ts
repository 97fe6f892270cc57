/** Stands in for the service that signs what Teams sends: an address with its keys, and tokens good and bad. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWK } from 'jose';

export interface TokenClaims {
  issuer?: string;
  audience?: string;
  serviceUrl?: string | null;
  /** Seconds from now. */
  expires?: number;
  notBefore?: number;
  /** Who signs: the service, somebody who says to be it, or nobody. */
  signedBy?: 'service' | 'forger' | 'nobody';
  algorithm?: 'RS256' | 'HS256';
  more?: Record<string, unknown>;
}

export interface TestIssuer {
  issuer: string;
  keysUrl: string;
  /** How often the keys were fetched. */
  fetched(): number;
  token(claims: TokenClaims): Promise<string>;
  close(): Promise<void>;
}

const kid = 'test-key';
/** Made once a worker: each takes as long as ten messages do. */
const servicePair = generateKeyPair('RS256', { extractable: true });
const forgerPair = generateKeyPair('RS256');

export async function startIssuer(endorsements: string[] | null = ['msteams']): Promise<TestIssuer> {
  const [service, forger] = await Promise.all([servicePair, forgerPair]);
  const jwk: JWK = { ...(await exportJWK(service.publicKey)), kid, use: 'sig', alg: 'RS256' };
  const keys = [endorsements === null ? jwk : { ...jwk, endorsements }];
  let fetched = 0;
  const server = createServer((_request, response) => {
    fetched += 1;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    issuer: 'https://api.botframework.com',
    keysUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    fetched: () => fetched,
    async token({
      issuer = 'https://api.botframework.com',
      audience = 'test-client',
      serviceUrl = null,
      expires = 3_600,
      notBefore = -60,
      signedBy = 'service',
      algorithm = 'RS256',
      more = {},
    }) {
      const now = Math.floor(Date.now() / 1000);
      const claims = { ...(serviceUrl === null ? {} : { serviceurl: serviceUrl }), ...more };
      if (signedBy === 'nobody')
        return new UnsecuredJWT(claims)
          .setIssuer(issuer)
          .setAudience(audience)
          .setNotBefore(now + notBefore)
          .setExpirationTime(now + expires)
          .encode();
      const jwt = new SignJWT(claims)
        .setProtectedHeader({ alg: algorithm, kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setNotBefore(now + notBefore)
        .setExpirationTime(now + expires);
      if (algorithm === 'HS256') return jwt.sign(Buffer.from(JSON.stringify(keys[0])));
      return jwt.sign(signedBy === 'service' ? service.privateKey : forger.privateKey);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
