/** Payloads in the shapes that Slack documents, and what is read of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Input, Retraction } from '../../../src/conversation/contract.ts';
import { channelOf, linkOf, readAddress, writeAddress } from '../../../src/doors/slack/address.ts';
import { readEvent, readMessagesOpened } from '../../../src/doors/slack/read-event.ts';
import {
  readCommand,
  readFormToOpen,
  readPress,
  readSentForm,
  readShortcut,
  type Moment,
} from '../../../src/doors/slack/read-interaction.ts';

function fixture(name: string): Record<string, unknown> {
  return JSON.parse(
    readFileSync(join(import.meta.dirname, `../../fixtures/slack/${name}.json`), 'utf8'),
  ) as Record<string, unknown>;
}
const now = new Date('2026-11-24T09:00:00Z');
const moment: Moment = { now, isOurs: () => false };
const ours: Moment = { now, isOurs: () => true };
const trigger = { trigger_at: now.toISOString() };

describe('an event of Slack', () => {
  it('that is a direct message is a turn of its sender', () => {
    const turn = Input.parse(readEvent(fixture('message-im')));

    expect(turn).toMatchObject({
      kind: 'turn',
      sender: {
        platform: 'slack',
        tenant: 'T061EG9R6',
        user: 'U2147483697',
        directAddress: 'slack:T061EG9R6:@U2147483697',
      },
      place: { address: 'slack:T061EG9R6:@U2147483697', audience: 'direct', outsiders: false },
      text: 'May I use my own phone & tablet?',
      messageId: 'T061EG9R6:D024BE91L:1355517523.000005',
      revision: null,
      link: 'https://slack.com/archives/D024BE91L/p1355517523000005',
      via: { dm: 'D024BE91L' },
    });
  });

  it('from the agent view is answered in its thread', () => {
    expect(readEvent(fixture('message-im-agent'))).toMatchObject({
      via: { dm: 'D024BE91L', thread: '1355517523.000005' },
    });
  });

  it('under a message of ours says which one', () => {
    expect(readEvent(fixture('message-im-reply'))).toMatchObject({
      place: { address: 'slack:T061EG9R6:@U2147483697' },
      inReplyTo: 'D024BE91L/1355517523.000005',
      via: { thread: '1355517523.000005' },
    });
  });

  it('with a file names it, and is a turn without words too', () => {
    const body = fixture('message-im-file');
    const file = { name: 'plan.pdf', size: 144_538, contentType: 'application/pdf', source: 'T061EG9R6/F2147483862' };
    const mention = { ...fixture('app-mention'), event: { ...(fixture('app-mention').event as object), text: '<@U0BOT>', files: (body.event as { files: object[] }).files } };

    expect(readEvent(body)).toMatchObject({ text: 'Is this all right?', attachments: [file] });
    expect(readEvent({ ...body, event: { ...(body.event as object), text: '' } })).toMatchObject({ kind: 'turn', text: '', attachments: [file] });
    expect(readEvent(mention)).toMatchObject({ kind: 'turn', text: '', attachments: [file] });
  }); // prettier-ignore

  it('that edits words is a revision of the same message, and one that changes no word is nothing', () => {
    expect(readEvent(fixture('message-changed'))).toMatchObject({
      kind: 'turn', text: 'May I use my own phone?', messageId: 'T061EG9R6:D024BE91L:1355517523.000005', revision: '1355517599.000000',
    }); // prettier-ignore
    expect(readEvent(fixture('message-unfurled'))).toBeNull();
  });

  it.each(['message-deleted', 'message-tombstone'])('that takes words back (%s) is a retraction', (name) => {
    const retraction = Retraction.parse(readEvent(fixture(name)));

    expect(retraction.messageId).toBe('T061EG9R6:D024BE91L:1355517523.000005');
    expect(retraction.place.address).toBe('slack:T061EG9R6:@U2147483697');
  });

  it('that mentions us is a turn in the thread, and knows who else reads there', () => {
    expect(readEvent(fixture('app-mention'))).toMatchObject({
      place: { address: 'slack:T061EG9R6:C0LAN2Q65:1515449483.000108', audience: 'channel', outsiders: true },
      text: 'may <@U2|erin> use #general for that?',
      via: { outsiders: 'yes' },
    });
  });

  it('that opens our home page asks for it', () => {
    const body = fixture('app-home-opened');

    expect(readEvent(body)).toMatchObject({
      kind: 'action',
      id: 'home',
      place: { address: 'slack:T061EG9R6:home:U123ABC456' },
    });
    expect(readMessagesOpened(body)).toBeNull();
    const messages = { ...body, event: { ...(body.event as object), tab: 'messages' } };
    expect(readEvent(messages)).toBeNull();
    expect(readMessagesOpened(messages)).toEqual({
      team: 'T061EG9R6',
      channel: 'D123ABC456',
      user: 'U123ABC456',
    });
  });
});

describe('an interaction of Slack', () => {
  it('that is a command is answered beside the channel, or directly where we are alone', () => {
    const body = fixture('slash-command');

    expect(Input.parse(readCommand(body, moment))).toMatchObject({
      text: 'how long are logs kept?',
      place: { address: 'slack:T0001:C2147483705:&U2147483697', audience: 'direct' },
      via: { response_url: 'https://hooks.slack.com/commands/1234/5678', ...trigger },
    });
    expect(readCommand(body, ours)).toMatchObject({
      place: { address: 'slack:T0001:@U2147483697' },
      via: { dm: 'C2147483705' },
    });
    expect(readCommand({ ...body, text: ' ' }, moment)).toMatchObject({ text: 'help' });
  });

  it('that is a shortcut brings the words of its message, and where it stands', () => {
    const body = fixture('message-action');
    const inThread = { ...body, message: { ...(body.message as object), thread_ts: '1516229200.000001' } };
    const link = 'https://slack.com/archives/D0LFFBKLZ/p1516229207000133';

    expect(readShortcut(body, moment)).toMatchObject({
      id: 'say',
      fields: { message: "World's smallest big cat! <3", link },
    });
    expect(readShortcut(inThread, moment)).toMatchObject({
      fields: { link: `${link}?thread_ts=1516229200.000001&cid=D0LFFBKLZ` },
    });
    expect(readShortcut({ ...body, message: { text: 'words' } }, moment)).toMatchObject({
      fields: { message: 'words' },
    });
  });

  it('that presses a button says which message it stood in', () => {
    expect(Input.parse(readPress(fixture('block-actions'), moment))).toMatchObject({
      id: 'answers.ask-owner?answer=1',
      sender: { tenant: 'T9TK3CUKW', user: 'UA8RXUSPL' },
      place: { address: 'slack:T9TK3CUKW:CBR2V3XEX:1548261000.000100', audience: 'channel' },
      card: 'CBR2V3XEX/1548261231.000200',
    });
    expect(readPress(fixture('feedback-buttons'), moment)).toMatchObject({
      id: 'answers.helpful?answer=1',
      card: 'D0LFFBKLZ/1548261231.000200',
    });
    expect(readPress(fixture('block-actions-home'), moment)).toMatchObject({
      place: { address: 'slack:T9TK3CUKW:@UA8RXUSPL' },
      card: null,
    });
  });

  it('on a whispered message finds the thread and the message again by its mark', () => {
    const body = fixture('block-actions');
    const [action] = body.actions as object[];
    const container = { ...(body.container as object), is_ephemeral: true };
    const whispered = {
      ...body,
      container,
      message: undefined,
      actions: [{ ...action, block_id: '1|delivery-1|1548261000.000100|o' }],
    };
    const aside = { ...whispered, actions: [{ ...action, block_id: '1|delivery-2||' }] };

    expect(readPress(whispered, moment)).toMatchObject({
      place: { address: 'slack:T9TK3CUKW:CBR2V3XEX:1548261000.000100', audience: 'channel', outsiders: true }, card: 'aside/delivery-1',
    }); // prettier-ignore
    expect(readPress(aside, moment)).toMatchObject({
      place: { address: 'slack:T9TK3CUKW:CBR2V3XEX:&UA8RXUSPL', audience: 'direct' }, card: 'aside/delivery-2',
    }); // prettier-ignore
  });

  it('that only opens a form is no input', () => {
    const body = fixture('block-actions');
    const [action] = body.actions as object[];
    const opens = { ...body, actions: [{ ...action, action_id: 'open-form' }] };

    expect(readPress(opens, moment)).toBeNull();
    expect(readFormToOpen(opens, moment)).toMatchObject({ notes: { card: 'CBR2V3XEX/1548261231.000200' } });
    expect(readFormToOpen(body, moment)).toBeNull();
  });

  it('that sends a form brings its fields by name', () => {
    expect(Input.parse(readSentForm(fixture('view-submission'), moment))).toMatchObject({
      id: 'answers.reply?question=Q-1',
      place: { address: 'slack:T9TK3CUKW:@UA8RXUSPL', audience: 'direct' },
      card: 'D0LFFBKLZ/1.1',
      fields: {
        answer: 'Yes.',
        keep: 'everyone',
        teams: ['hr', 'it'],
        due: '2026-12-01',
        days: '3',
        more: '',
      },
      via: { dm: 'D0LFFBKLZ' },
    });
  });
});

describe('an address of Slack', () => {
  it.each([
    { kind: 'direct', team: 'T1', user: 'U1' },
    { kind: 'thread', team: 'T1', channel: 'C1', threadTs: '1.2' },
    { kind: 'aside', team: 'T1', channel: 'C1', user: 'U1' },
    { kind: 'home', team: 'T1', user: 'U1' },
  ] as const)('is read as it was written: %j', (address) => {
    expect(readAddress(writeAddress(address))).toEqual(address);
  });

  it('of a message is made of ids of Slack’s shape alone', () => {
    expect(linkOf('C1', '1515449483.000108', '1515449483.000108')).toBe('https://slack.com/archives/C1/p1515449483000108');
    for (const [channel, ts] of [['C1/../x', '1.000001'], ['c1', '1.000001'], ['C1', '1.000001?x'], ['C1', ''], ['', '1.000001'], ['C1', '1.2']] as const)
      expect(linkOf(channel, ts, null)).toBeNull();
    expect(linkOf('C1', '1.000002', '1&x=.000001')).toBe('https://slack.com/archives/C1/p1000002');
  }); // prettier-ignore

  it('counts by channel, and others’ are none', () => {
    expect(channelOf('slack:T1:C1:1.2')).toBe('slack:T1:C1');
    expect(channelOf('slack:T1:@U1')).toBe('slack:T1:@U1');
    for (const foreign of ['teams:x:y:z', 'slack:T1', '', 'slack:T1:C1'])
      expect(() => readAddress(foreign)).toThrow();
  });
});
