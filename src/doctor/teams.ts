/** The doctor's look at Teams: ids, tenants, certificate, and whether Microsoft gives us a token. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import type { TeamsConfig } from '../config/platforms.ts';
import { guid, ok, warn, wrong, type Ask, type Line } from './tools.ts';
import { createFetchToken } from '../doors/teams/credential.ts';

const registration = 'portal.azure.com > App registrations > your app';
/** Milliseconds for all that getting a token takes: finding the tenant, and asking. */
const tokenPatience = 8_000;
const day = 86_400_000;

/** Numbers of Microsoft's sign-in errors, and what they mean here. */
const meanings: Record<number, [what: string, where: string]> = {
  7000215: [
    'TEAMS_CLIENT_SECRET is refused: it is not a secret of this app',
    `${registration} > Certificates & secrets > Client secrets: the Value, not the Secret ID`,
  ],
  7000222: [
    'TEAMS_CLIENT_SECRET has expired',
    `${registration} > Certificates & secrets > New client secret, and its Value into TEAMS_CLIENT_SECRET`,
  ],
  700016: [
    'there is no app TEAMS_CLIENT_ID in the tenant TEAMS_TENANT_ID',
    `${registration} > Overview: Application (client) ID and Directory (tenant) ID`,
  ],
  90002: ['there is no tenant TEAMS_TENANT_ID', `${registration} > Overview > Directory (tenant) ID`],
  700027: [
    'TEAMS_CERTIFICATE is not registered with the app',
    `${registration} > Certificates & secrets > Certificates > Upload certificate`,
  ],
};

export async function teamsLines(teams: TeamsConfig | 'playground', ask: Ask, now: Date): Promise<Line[]> {
  if (teams === 'playground')
    return [
      warn(
        'Teams: TEAMS_PLAYGROUND lets anybody in who reaches this machine, without a token',
        'only for trying it here: HOST=127.0.0.1, and without it in production',
      ),
    ];
  const shapes = shapeLines(teams);
  const certificate = certificateLines(teams, now);
  const sound = [...shapes, ...certificate].every(({ mark }) => mark !== 'wrong');
  const lines = [...shapes, ...certificate, ...(sound ? [await tokenLine(teams, ask)] : [])];
  return lines.map((line) => ({ ...line, what: `Teams: ${line.what}` }));
}

function shapeLines({ clientId, tenantId, allowedTenants }: TeamsConfig): Line[] {
  const strange = allowedTenants.filter((tenant) => tenant !== tenantId && !guid.test(tenant));
  return [
    guid.test(clientId)
      ? ok('TEAMS_CLIENT_ID has the right shape')
      : wrong(
          'TEAMS_CLIENT_ID is not an id of an app',
          `${registration} > Overview > Application (client) ID`,
        ),
    guid.test(tenantId)
      ? ok('TEAMS_TENANT_ID has the right shape')
      : wrong(
          'TEAMS_TENANT_ID is not an id of a tenant',
          `${registration} > Overview > Directory (tenant) ID`,
        ),
    strange.length === 0
      ? ok(
          allowedTenants.length === 1
            ? 'people of its own tenant alone are answered'
            : `people of ${allowedTenants.length} tenants are answered`,
        )
      : wrong(
          `TEAMS_ALLOWED_TENANTS holds what is no id of a tenant: ${strange.join(', ')}`,
          'ids such as 00000000-0000-4000-8000-000000000001, with commas between them',
        ),
  ];
}

function certificateLines({ credential }: TeamsConfig, now: Date): Line[] {
  if (credential.kind !== 'certificate') return [];
  const where = 'TEAMS_CERTIFICATE and TEAMS_PRIVATE_KEY, in PEM, as made together';
  try {
    const certificate = new X509Certificate(credential.certificate);
    const left = Math.floor((certificate.validToDate.getTime() - now.getTime()) / day);
    if (!certificate.checkPrivateKey(createPrivateKey(credential.privateKey)))
      return [wrong('TEAMS_PRIVATE_KEY is not the key of TEAMS_CERTIFICATE', where)];
    if (left < 0)
      return [
        wrong('TEAMS_CERTIFICATE has expired', `a new one, and ${registration} > Certificates & secrets`),
      ];
    return left < 30
      ? [
          warn(
            `TEAMS_CERTIFICATE expires in ${left} days`,
            `a new one, and ${registration} > Certificates & secrets`,
          ),
        ]
      : [ok(`TEAMS_CERTIFICATE and its key belong together, for ${left} days more`)];
  } catch {
    return [wrong('TEAMS_CERTIFICATE or TEAMS_PRIVATE_KEY cannot be read', where)];
  }
}

/** Asks as the service itself does, and reads the number of the error, which the library keeps to itself. */
async function tokenLine(teams: TeamsConfig, ask: Ask): Promise<Line> {
  const numbers: number[] = [];
  let unreached: string | null = null;
  let over = false;

  async function send<T>(
    method: string,
    url: string,
    options?: NetworkRequestOptions,
  ): Promise<NetworkResponse<T>> {
    if (over) throw new Error('nobody waits any more'); // the library goes on trying, and would hold up the process
    const answer = await ask(url, {
      method,
      ...(options?.headers === undefined ? {} : { headers: options.headers }),
      ...(options?.body === undefined ? {} : { body: options.body }),
    });
    if (typeof answer === 'string') {
      unreached = answer;
      throw new Error(answer);
    }
    const { error_codes: codes } = answer.json;
    if (Array.isArray(codes)) numbers.push(...codes.filter((code) => typeof code === 'number'));
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: answer.json as T };
  }
  const network: INetworkModule = {
    sendGetRequestAsync: (url, options) => send('GET', url, options),
    sendPostRequestAsync: (url, options) => send('POST', url, options),
  };
  const fetchToken = createFetchToken({ kind: 'production', ...teams }, network);
  const result = await Promise.race([
    fetchToken === null
      ? Promise.resolve('none')
      : fetchToken().then(
          () => null,
          () => 'none',
        ),
    new Promise<string>((resolve) => setTimeout(() => resolve('late'), tokenPatience).unref()),
  ]);

  over = true;
  if (result === null) return ok(`Microsoft gives us a token, by ${kinds[teams.credential.kind]}`);
  const known = numbers.map((number) => meanings[number]).find((meaning) => meaning !== undefined);
  if (known !== undefined) return wrong(...known);
  if (teams.credential.kind === 'managed-identity')
    return wrong(
      'Microsoft gives us no token by managed identity',
      'runs only on the Azure machine or service that TEAMS_MANAGED_IDENTITY is assigned to: its page > Identity > User assigned',
    );
  if (unreached !== null || result === 'late')
    return wrong(
      `no token could be asked for: ${unreached ?? 'no answer'}`,
      'the network of this machine: login.microsoftonline.com',
    );
  return wrong(
    `Microsoft gives us no token${numbers.length === 0 ? '' : ` (AADSTS${numbers.join(', ')})`}`,
    `${registration} > Certificates & secrets`,
  );
}

const kinds = {
  secret: 'secret',
  certificate: 'certificate',
  'managed-identity': 'managed identity',
} as const;
