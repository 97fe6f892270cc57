/** Files in a chat of two: offered, allowed by the person, put where they said; and what a dialog leaves to a chat. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Reply, type OutgoingFile, type ReplyParts } from '../../../src/conversation/contract.ts';
import { keepOutgoingFile } from '../../../src/conversation/outgoing-file.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople } from '../../support/harness.ts';
import { cardOf, inputsIn, submitted, wordsIn } from '../../support/teams-cards.ts';
import {
  chatOf,
  memberOf,
  personOf,
  startTeams,
  tenant,
  type TeamsService,
} from '../../support/teams-service.ts';

const erin = personOf('erin@test.example', 'Erin Employee');
const address = `teams:${tenant}:user:aad-erin`;

describeOnDatabases('what Teams hands over', (test) => {
  let teams: TeamsService;
  let kept: OutgoingFile;

  beforeEach(async () => {
    await givenPeople(test.db);
    kept = await keepOutgoingFile(test.db, 'report.csv', Buffer.from('a,b\n1,2\n'));
    teams = await startTeams({ db: test.db });
    teams.connector.members.set(erin.id, memberOf(erin));
    await teams.say(erin, 'help');
  });
  afterEach(async () => {
    await teams.stop();
  });

  /** As the core plans a message, from an input that was there before. */
  async function say(parts: ReplyParts, ephemeralTo: string | null = null, to = address) {
    await test.db.query(
      `insert into outbox (inbox_id, ordinal, platform, address, channel, whisper_to, reply) values (1, 7, 'teams', $1, $1, $2, $3)`,
      [to, ephemeralTo, JSON.stringify(Reply.parse(parts))],
    );
    await teams.quiet();
    return teams.connector.shown(chatOf(erin)).at(-1);
  }
  const consent = (action: string, uploadUrl = `${teams.connector.url}/upload/1`) => ({
    type: 'fileUpload',
    action,
    context: { isma: { file: 0 } },
    uploadInfo: {
      uploadUrl,
      contentUrl: 'https://company-my.sharepoint.com/report.csv',
      name: 'report.csv',
      uniqueId: 'u1',
      fileType: 'csv',
    },
  });
  const report = () => ({
    text: 'The report.',
    files: [kept],
  });
  const types = (id: string | undefined) =>
    teams.connector
      .shown(chatOf(erin))
      .find((each) => each.id === id)
      ?.activity.attachments?.map((each) => each.contentType);
  const until = (condition: () => boolean) => expect.poll(condition).toBe(true);

  it('puts a file where the person allows it, and shows it there', async () => {
    const message = await say(report());
    expect(types(message?.id)).toEqual(['application/vnd.microsoft.teams.card.file.consent']);

    const { status } = await teams.invoke(erin, 'fileConsent/invoke', consent('accept'), {
      replyToId: message?.id,
    });
    await until(() => types(message?.id)?.[0]?.endsWith('file.info') === true);

    expect(status).toBe(200);
    expect(teams.connector.uploads.map(String)).toEqual(['a,b\n1,2\n']);
    expect(types(message?.id)).toEqual(['application/vnd.microsoft.teams.card.file.info']);
    expect(teams.connector.calls.find((call) => call.kind === 'upload')?.authorization).toBeNull();
  });

  it('puts it nowhere when the person declines, or when the address is no OneDrive', async () => {
    const message = await say(report());
    await teams.invoke(erin, 'fileConsent/invoke', consent('decline'), { replyToId: message?.id });
    await teams.invoke(erin, 'fileConsent/invoke', consent('accept', 'https://evil.example/upload'), {
      replyToId: message?.id,
    });
    await until(() =>
      wordsIn(cardOf(teams.connector.shown(chatOf(erin)).at(-1))).includes('could not be put'),
    );

    expect(teams.connector.uploads).toEqual([]);
    expect(wordsIn(cardOf(teams.connector.shown(chatOf(erin)).at(-1)))).toContain('could not be put there');
  });

  it('shows a small picture in the message', async () => {
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
      'base64',
    );
    const chart = await keepOutgoingFile(test.db, 'chart.png', png);
    const message = await say({ text: 'T', picture: { ...chart, alt: 'A chart' } });

    expect(cardOf(message)).toMatchObject({
      body: [{ type: 'Image', url: `data:image/png;base64,${png.toString('base64')}`, altText: 'A chart' }],
    });
  });

  it('says to one person of a channel in their own chat what is theirs, and opens its form there', async () => {
    const form = {
      id: 'x.form',
      title: 'A form',
      submitLabel: 'Send',
      fields: [{ name: 'a', label: 'Say it', kind: 'text' as const, required: true }],
    };
    const channel = `teams:${tenant}:19:room@thread.tacv2`;
    const message = await say(
      { text: 'For you alone.', form: Reply.parse({ text: '', form }).form },
      'aad-erin',
      channel,
    );
    const { body } = await teams.invoke(erin, 'task/fetch', submitted(cardOf(message), 'Open the form'), {
      replyToId: message?.id,
    });

    expect(message?.activity.text).toBe('For you alone.');
    expect(teams.connector.shown('19:room@thread.tacv2')).toEqual([]);
    expect(inputsIn(body)).toMatchObject([{ id: 't.a', label: 'Say it' }]);
  });
});
