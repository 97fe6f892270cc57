/**
 * Our own gate before the SDK, which takes any token that names our app and then sends the bot's token wherever the caller
 * says. Who calls is proven by a token of the service, and where we may answer by the claim in that token.
 */
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose';
import { Activity, tenantsOf } from './activity.ts';
import type { Mode, ProductionMode } from './mode.ts';
import { isServiceUrlAllowed, normalUrl } from './service-hosts.ts';

/** Seconds that the clocks of the service and of this machine may differ by, as Microsoft advises. */
const clockTolerance = 300;
/** Milliseconds that fetching the keys may take. */
const keysTimeout = 5_000;

/** Why a request was turned away: for the log alone, the caller is told nothing. */
export type Verdict =
  { ok: true; activity: Activity } | { ok: false; status: 400 | 401 | 403 | 503; reason: string };

export interface Gate {
  /** Checks the token alone, before a body is read. @returns its claims, null where none is asked for */
  checkToken(authorization: string | undefined): Promise<TokenVerdict>;
  /** Checks what the body claims against the token. */
  checkActivity(body: unknown, token: ServiceToken | null): Verdict;
}

export interface ServiceToken {
  serviceUrl: string;
  /** Channels that the key which signed it stands for; null where the key does not say. */
  endorsements: string[] | null;
}

export type TokenVerdict =
  { ok: true; token: ServiceToken | null } | { ok: false; status: 401 | 503; reason: string };

export function createGate(mode: Mode, keysUrl: string): Gate {
  const checkToken =
    mode.kind === 'production'
      ? tokenChecker(mode, keysUrl)
      : () => Promise.resolve<TokenVerdict>({ ok: true, token: null });
  return { checkToken, checkActivity: (body, token) => checkActivity(mode, body, token) };
}

function tokenChecker(mode: ProductionMode, keysUrl: string): Gate['checkToken'] {
  const keys = createRemoteJWKSet(new URL(keysUrl), { timeoutDuration: keysTimeout });
  return async (authorization) => {
    const [, jwt] = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '') ?? [];
    if (jwt === undefined) return { ok: false, status: 401, reason: 'no token' };
    try {
      const { payload, protectedHeader } = await jwtVerify(jwt, keys, {
        issuer: mode.tokenIssuer,
        audience: mode.clientId,
        algorithms: ['RS256'],
        clockTolerance,
        requiredClaims: ['exp', 'nbf'],
      });
      const serviceUrl = serviceUrlOf(payload);
      if (serviceUrl === null) return { ok: false, status: 401, reason: 'no serviceurl claim' };
      const key = keys.jwks()?.keys.find((each) => each.kid === protectedHeader.kid);
      const endorsements = (key as { endorsements?: unknown } | undefined)?.endorsements;
      return {
        ok: true,
        token: { serviceUrl, endorsements: Array.isArray(endorsements) ? endorsements.map(String) : null },
      };
    } catch (error) {
      return refusalOf(error);
    }
  };
}

function checkActivity(mode: Mode, body: unknown, token: ServiceToken | null): Verdict {
  const parsed = Activity.safeParse(body);
  if (!parsed.success) return { ok: false, status: 400, reason: 'not an activity' };
  const activity = parsed.data;
  const refused = (reason: string): Verdict => ({ ok: false, status: 403, reason });

  if (activity.channelId !== 'msteams') return refused('another channel');
  if (!isServiceUrlAllowed(mode, activity.serviceUrl)) return refused('foreign service URL');
  if (mode.kind === 'playground') return { ok: true, activity };

  if (token === null) return refused('no token');
  if (normalUrl(activity.serviceUrl) !== normalUrl(token.serviceUrl))
    return refused('the token is for another service URL');
  if (token.endorsements !== null && !token.endorsements.includes(activity.channelId))
    return refused('the key does not stand for this channel');
  const tenants = tenantsOf(activity).map((tenant) => tenant.toLowerCase());
  const allowed = mode.allowedTenants.map((tenant) => tenant.toLowerCase());
  if (tenants.length === 0 || tenants.some((tenant) => !allowed.includes(tenant)))
    return refused('a tenant that is not on the list');
  return { ok: true, activity };
}

function serviceUrlOf(payload: JWTPayload): string | null {
  const claim = payload.serviceurl ?? payload.serviceUrl;
  return typeof claim === 'string' && normalUrl(claim) !== null ? claim : null;
}

/** When the keys cannot be had, nobody is to blame who asks: they may come again. */
function refusalOf(error: unknown): TokenVerdict {
  const code = error instanceof errors.JOSEError ? error.code : 'unknown';
  const keysMissing =
    !(error instanceof errors.JOSEError) ||
    error instanceof errors.JWKSTimeout ||
    code === 'ERR_JOSE_GENERIC';
  return { ok: false, status: keysMissing ? 503 : 401, reason: code };
}
