/** What a person attached in Teams is brought from their OneDrive without our token, a pasted picture from the service with it. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { References } from '../../../src/conversation/reference.ts';
import { TooLargeError } from '../../../src/conversation/port.ts';
import { Refusal } from '../../../src/errors.ts';
import { createLog } from '../../../src/log.ts';
import { createTeamsDoor } from '../../../src/doors/teams/door.ts';
import type { Mode } from '../../../src/doors/teams/mode.ts';
import { startConnector, type Connector } from '../../support/teams-connector.ts';

const content = Buffer.from('The patch is in since Tuesday.\n');
const fileType = 'application/vnd.microsoft.teams.file.download.info';
const picture = '/emea/v3/attachments/0-eus-d1-5360/views/original';
const production: Mode = {
  kind: 'production', clientId: 'app', tenantId: 'home', allowedTenants: ['home'], credential: { kind: 'secret', secret: 'made-up' },
  extraServiceHosts: ['127.0.0.1'], tokenIssuer: 'https://api.botframework.com',
}; // prettier-ignore

let connector: Connector;
beforeAll(async () => {
  connector = await startConnector();
});
afterAll(() => connector.close());
beforeEach(() => {
  connector.files.clear();
  connector.downloads.length = 0;
});

function fetchFrom(source: string, contentType = fileType, most = 1_000, mode = production) {
  const { port } = createTeamsDoor({
    mode,
    references: {} as References,
    shortcuts: [],
    log: createLog('silent'),
    fetchToken: () => Promise.resolve('our-token'),
  });
  const attachment = { name: 'report.txt', size: 0, contentType, source };
  return (
    port.fetch?.(attachment, most, new AbortController().signal) ??
    Promise.reject(new Error('there is no way to fetch'))
  );
}

it('comes as it is, as many bytes as are wanted at most, and only the service hears our token', async () => {
  connector.files.set('/files/report', content);
  connector.files.set(picture, content);

  expect(Buffer.from(await fetchFrom(`${connector.url}/files/report?tempauth=x`)).equals(content)).toBe(true);
  expect(Buffer.from(await fetchFrom(`${connector.url}${picture}`, 'image/png')).equals(content)).toBe(true);
  await expect(fetchFrom(`${connector.url}/files/report`, fileType, 10)).rejects.toThrow(TooLargeError);
  await fetchFrom(`${connector.url}${picture}`, 'image/*', 1_000, { kind: 'playground' });

  expect(connector.downloads.map(({ authorization }) => authorization)).toEqual([
    null,
    'Bearer our-token',
    null,
    null,
  ]);
});

it.each<[what: string, source: string, contentType: string]>([
  ['a file elsewhere', 'https://evil.example/x', fileType],
  ['a file at a name that looks alike', 'https://company-my.sharepoint.com.evil.example/x', fileType],
  ['a file below a name of others', 'https://a.b.sharepoint.com/x', fileType],
  ['a file unprotected', 'http://company-my.sharepoint.com/x', fileType],
  ['a file with a name and a password', 'https://a:b@company-my.sharepoint.com/x', fileType],
  ['a file of this machine', 'file:///etc/passwd', fileType],
  ['a file of the network that machines live in', 'http://169.254.169.254/latest/meta-data', fileType],
  ['a file without an address', '', fileType],
  ['a picture elsewhere', 'https://evil.example/v3/attachments/1/views/original', 'image/png'],
  ['a picture at a name that looks alike', 'https://smba.trafficmanager.net.evil.example/v3/attachments/1/views/original', 'image/png'],
  ['a picture that is another call to the service', 'https://smba.trafficmanager.net/emea/v3/conversations/19:a/members', 'image/png'],
  ['a picture beside the path', 'https://smba.trafficmanager.net/v3/conversations?/v3/attachments/1/views/original', 'image/png'],
  ['a picture without an address', '', 'image/png'],
])('does not come where it is %s, and nobody is asked', async (_what, source, contentType) => {
  await expect(fetchFrom(source, contentType)).rejects.toThrow(Refusal);
  await expect(fetchFrom(source, contentType)).rejects.toThrow('I may not fetch «report.txt» from where it lies');
  expect(connector.downloads).toEqual([]);
}); // prettier-ignore

it('says when its link is no longer good, follows it nowhere, and leaves to be tried again what fails now', async () => {
  connector.files.set('/files/elsewhere', `${connector.url}/files/secret`);
  connector.files.set('/files/secret', content);
  connector.files.set(picture, `${connector.url}/files/secret`);
  for (const status of [401, 403, 404, 410]) {
    connector.files.set('/files/ended', status);
    await expect(fetchFrom(`${connector.url}/files/ended`)).rejects.toThrow('its link is no longer good');
  }
  await expect(fetchFrom(`${connector.url}/files/elsewhere`)).rejects.toThrow(Refusal);
  await expect(fetchFrom(`${connector.url}${picture}`, 'image/png')).rejects.toThrow(Refusal);
  connector.files.set('/files/busy', 503);
  const busy = await fetchFrom(`${connector.url}/files/busy`).catch((error: unknown) => error);

  expect(busy).toBeInstanceOf(Error);
  expect(busy).not.toBeInstanceOf(Refusal);
  expect(connector.downloads.filter(({ path }) => path === '/files/secret')).toEqual([]);
});
