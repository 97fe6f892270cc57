/** Tokens of several workspaces and their rotation; the emulator knows one workspace and none. */

export interface NextInstall {
  team: string;
  rotating: boolean;
}

export function createTokens(emulatorUrl: string, nextInstall: () => NextInstall) {
  /** All of them are the emulator's one. */
  const aliases = new Map<string, { token: string; team: string }>();
  const refreshTokens = new Map<string, { token: string; team: string }>();
  /** Refresh tokens that were used. */
  const refreshed: string[] = [];
  let count = 0;

  async function exchange(args: Record<string, unknown>): Promise<Record<string, unknown>> {
    const { team: to, rotating } = nextInstall();
    const fresh = () => {
      const [token, refresh] = [`xoxe.xoxb-${(count += 1)}`, `xoxe-${(count += 1)}`];
      return {
        token: rotating || args.grant_type === 'refresh_token' ? token : `xoxb-alias-${count}`,
        refresh,
      };
    };
    if (args.grant_type === 'refresh_token') {
      const known = refreshTokens.get(String(args.refresh_token));
      if (known === undefined) return { ok: false, error: 'invalid_refresh_token' };
      const { token, refresh } = fresh();
      refreshed.push(String(args.refresh_token));
      refreshTokens.delete(String(args.refresh_token));
      refreshTokens.set(refresh, known);
      aliases.set(token, known);
      return {
        ok: true,
        access_token: token,
        refresh_token: refresh,
        expires_in: 43_200,
        token_type: 'bot',
        team: { id: known.team },
      };
    }
    const body = new URLSearchParams(
      Object.entries(args).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const response = await fetch(`${emulatorUrl}/api/oauth.v2.access`, { method: 'POST', body });
    const result = (await response.json()) as Record<string, unknown>;
    if (result.ok !== true) return result;
    const { token, refresh } = fresh();
    const known = { token: String(result.access_token), team: to };
    aliases.set(token, known);
    if (rotating) refreshTokens.set(refresh, known);
    return {
      ...result,
      access_token: token,
      team: { id: to, name: `Workspace ${to}` },
      ...(rotating ? { refresh_token: refresh, expires_in: 43_200 } : {}),
    };
  }

  return { exchange, refreshed, aliasOf: (token: string) => aliases.get(token) };
}
