/** Where a message of Teams can be opened again, for each kind of conversation, and for what is none. */
import { describe, expect, it } from 'vitest';
import { Link } from '../../../src/conversation/contract.ts';
import { Activity } from '../../../src/doors/teams/activity.ts';
import { linkOf } from '../../../src/doors/teams/link.ts';
import { readActivity } from '../../../src/doors/teams/read-activity.ts';
import { readInvoke } from '../../../src/doors/teams/read-invoke.ts';
import { isMessageLink } from '../../../src/doors/teams/text.ts';

const omar = '8b081ef6-4792-4def-b2c9-c363a1bf41d5';
const bot = '5031bb31-22c0-4f6f-9f73-91d34ab2b32d';
const tenant = '11111111-2222-3333-4444-555555555555';
const chat = '?context=%7B%22contextType%22%3A%22chat%22%7D';

function activity(parts: Record<string, unknown> = {}): Activity {
  return Activity.parse({
    type: 'message', id: '1700000000123', channelId: 'msteams', serviceUrl: 'https://smba.trafficmanager.net/emea/',
    from: { id: '29:1omar', aadObjectId: omar.toUpperCase(), name: 'Omar Owner' }, recipient: { id: `28:${bot}`, name: 'Isma' },
    conversation: { id: 'a:1chat', conversationType: 'personal', tenantId: tenant }, text: 'CA-12 is done',
    ...parts,
  }); // prettier-ignore
}
const inChannel = (id: string, team: object = { id: '19:team', aadGroupId: 'g-1' }) => ({
  conversation: { id, conversationType: 'channel', tenantId: tenant },
  channelData: { tenant: { id: tenant }, team },
});
const base = 'https://teams.microsoft.com/l/message';
const room = '19%3Aroom%40thread.tacv2';

describe('the link of a message in Teams', () => {
  it.each<[what: string, parts: Record<string, unknown>, link: string | null]>([
    ['the chat with us, under the name that Teams itself has for it', {}, `${base}/19%3A${omar}_${bot}%40unq.gbl.spaces/1700000000123${chat}`],
    ['a group chat', { conversation: { id: '19:group@thread.v2', conversationType: 'groupChat', tenantId: tenant } }, `${base}/19%3Agroup%40thread.v2/1700000000123${chat}`],
    ['a channel', inChannel('19:room@thread.tacv2'), `${base}/${room}/1700000000123?tenantId=${tenant}&groupId=g-1&parentMessageId=1700000000123&createdTime=1700000000123`],
    ['a thread', inChannel('19:room@thread.tacv2;messageid=1700000000001'), `${base}/${room}/1700000000123?tenantId=${tenant}&groupId=g-1&parentMessageId=1700000000001&createdTime=1700000000123`],
    ['a team that the service does not name', inChannel('19:room@thread.tacv2', {}), `${base}/${room}/1700000000123?tenantId=${tenant}&parentMessageId=1700000000123&createdTime=1700000000123`],
    ['a group whose id would end the address', inChannel('19:room@thread.tacv2', { aadGroupId: 'g&x=1#y' }), `${base}/${room}/1700000000123?tenantId=${tenant}&groupId=g%26x%3D1%23y&parentMessageId=1700000000123&createdTime=1700000000123`],
    ['a chat with somebody whom the directory does not know', { from: { id: '29:1omar' } }, null],
    ['a chat with a bot that is none', { recipient: { id: 'bot' } }, null],
    ['no message', { id: null }, null],
    ['an id that is none of a message', { id: 'f:1-2-3' }, null],
    ['a conversation with an endless id', { conversation: { id: `19:${'ä'.repeat(580)}@thread.v2`, conversationType: 'groupChat', tenantId: tenant } }, null],
  ])('of %s', (_what, parts, link) => {
    const given = activity(parts);

    expect(linkOf(given, given.id)).toBe(link);
    if (link !== null) expect([Link.safeParse(link).success, isMessageLink(link)]).toEqual([true, true]);
  }); // prettier-ignore

  it('goes with what a person says, a file without words included', () => {
    const attachments = [
      { contentType: 'application/vnd.microsoft.teams.file.download.info', name: 'report.pdf', content: { downloadUrl: 'https://company-my.sharepoint.com/x' } },
    ]; // prettier-ignore

    expect(readActivity(activity())).toMatchObject({ kind: 'turn', text: 'CA-12 is done', link: linkOf(activity(), '1700000000123') });
    expect(readActivity(activity({ text: '', attachments }))).toMatchObject({
      kind: 'turn', text: '', attachments: [{ name: 'report.pdf', source: 'https://company-my.sharepoint.com/x' }],
    });
  }); // prettier-ignore

  it('goes with a command on a message: of that message, whatever address the client names', () => {
    const shortcut = { id: 'raise', label: 'Raise it', description: 'x' };
    const read = (payload: object, parts: object = inChannel('19:room@thread.tacv2;messageid=1700000000001')) =>
      readInvoke(activity({ ...parts, type: 'invoke', name: 'composeExtension/fetchTask', value: { commandId: 'raise', messagePayload: { body: { content: 'words' }, ...payload } } }), [shortcut]);

    expect(read({ id: '1700000000777', linkToMessage: 'https://evil.example/' })).toMatchObject({
      kind: 'command', message: 'words', link: `${base}/${room}/1700000000777?tenantId=${tenant}&groupId=g-1&parentMessageId=1700000000001&createdTime=1700000000777`,
    });
    expect(read({ id: '1700000000777', replyToId: '1700000000005' }, inChannel('19:room@thread.tacv2'))).toMatchObject({
      link: `${base}/${room}/1700000000777?tenantId=${tenant}&groupId=g-1&parentMessageId=1700000000005&createdTime=1700000000777`,
    });
    for (const id of [7, '../7', '7?x', '', undefined]) expect(read({ id })).toMatchObject({ link: null });
  }); // prettier-ignore
});
