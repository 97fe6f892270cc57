/** An answer in the making: streamed where Slack streams, edited where it does not, and one message in the end, whatever breaks. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { Reply } from '../../../src/conversation/contract.ts';
import type { Delivery, DraftOpening } from '../../../src/conversation/port.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenDocument, givenPeople } from '../../support/harness.ts';
import { phonePolicy, reportLostPhones } from '../../support/phone-policy.ts';
import { passagesOf, startModelServer, type ModelServer } from '../../support/model-server.ts';
import { startSlackHarness, withoutPauses, type SlackHarness } from '../../support/slack-harness.ts';
import { startSlackServer, team, type SlackServer } from '../../support/slack-server.ts';

const first = reportLostPhones;
const second = 'The helpdesk wipes company data from a lost phone on the same day';
const policy = phonePolicy(['Personal phones may read company mail only after they are enrolled', first, second, 'A new phone is ordered by the line manager']); // prettier-ignore
const third = 'A new phone is ordered by the line manager';
const question = 'What happens when I lose my phone?';

describeOnDatabases('an answer in the making', (test) => {
  let slack: SlackServer;
  let model: ModelServer;
  let isma: SlackHarness;
  let erin: string;
  let dm: string;
  /** Milliseconds between words: an answer takes a second, and two and a half where several edits are to be seen. */
  let pace: number;

  beforeAll(async () => {
    [slack, model] = await Promise.all([startSlackServer(), startModelServer()]);
    erin = await slack.userOf('erin@test.example');
    dm = await slack.dmWith(erin);
  });
  afterAll(async () => {
    await slack.close();
    await model.close();
  });
  beforeEach(async () => {
    slack.clear();
    pace = 25;
    await givenPeople(test.db);
    await givenDocument(test.db, 'mobile.md', policy);
    model.script((request) => {
      const n = passagesOf(request)[0]?.n;
      return { text: `${first} [${n}]. ${second} [${n}]. ${third} [${n}].`, pace };
    });
    isma = await startSlackHarness({ db: test.db, slack, modelServer: model });
  });
  afterEach(async () => {
    await isma.stop();
    expect(slack.violations).toEqual([]);
  });

  const called = (method: string) => slack.calls.filter((call) => call.method === method);
  const inAgentView = { app_context: { entities: [] } };

  it('streams in the agent view, in its thread, with a status before and everything else at the end', async () => {
    const event = isma.send.directMessage(erin, dm, question, inAgentView);
    await isma.send.event(event);
    const [answer, ...more] = await isma.settled();

    expect(more).toEqual([]);
    expect(answer).toMatchObject({ channel: dm, threadTs: event.ts, streaming: false });
    for (const words of [first, second, 'Mobile Device Policy v2.1', 'Helpful'])
      expect(answer?.words).toContain(words);
    expect(called('assistant.threads.setStatus')[0]?.args).toMatchObject({
      channel_id: dm,
      thread_ts: event.ts,
    });
    expect(called('chat.startStream')[0]?.args).toMatchObject({
      recipient_user_id: erin,
      recipient_team_id: team,
    });
    expect(called('chat.appendStream').length + called('chat.stopStream').length).toBeGreaterThan(1);
    expect(called('chat.postMessage')).toEqual([]);
    expect(answer?.deliveryId).toMatch(/[0-9a-f-]{36}/);
  });

  it('streams in the thread of a channel too', async () => {
    const mention = isma.send.mention(erin, slack.channel, question);
    await isma.send.event(mention);
    const shown = await isma.settled();

    expect(shown).toHaveLength(1);
    expect(shown[0]).toMatchObject({ channel: slack.channel, threadTs: mention.ts });
    expect(called('chat.startStream')).toHaveLength(1);
  });

  it('edits one message where the workspace has no streams, and does not ask for one again', async () => {
    slack.streams = 'refused';
    await isma.send.event(isma.send.mention(erin, slack.channel, question));
    await isma.settled();
    await isma.send.event(isma.send.mention(erin, slack.channel, `${question} Again?`));
    const shown = await isma.settled();

    expect(shown).toHaveLength(2);
    for (const { words } of shown) expect(words).toContain(second);
    expect(called('chat.startStream')).toHaveLength(1);
    expect(called('chat.postMessage')).toHaveLength(2);
  });

  it('edits one message in a plain direct conversation, at most once a second', async () => {
    pace = 60;
    await isma.send.event(isma.send.directMessage(erin, dm, question));
    const shown = await isma.settled();

    expect(shown).toMatchObject([{ threadTs: null, streaming: false }]);
    expect(shown[0]?.words).not.toContain('…');
    expect(called('chat.postMessage')).toHaveLength(1);
    expect(called('chat.update').length).toBeGreaterThan(0);
    const edits = called('chat.update')
      .slice(0, -1)
      .map(({ at }) => at);
    for (const [index, at] of edits.slice(1).entries())
      expect(at - (edits[index] ?? 0)).toBeGreaterThan(1_000);
  });

  it('takes back what it showed when the answer becomes another one', async () => {
    model.script((request) => ({
      text: `${first} [${passagesOf(request)[0]?.n}]. Then it dies in the middle of a sentence`,
      diesAfter: 14,
      pace: 60,
    }));
    await isma.send.event(isma.send.directMessage(erin, dm, question, inAgentView));
    const shown = await withoutPauses(test.db, isma.settled());

    expect(shown).toHaveLength(1);
    expect(shown[0]?.streaming).toBe(false);
    expect(shown[0]?.words).toContain('does not answer just now');
  });

  it('becomes one message when the end of the stream gets no answer', async () => {
    slack.fail('chat.stopStream', { kind: 'dropped' });
    await isma.send.event(isma.send.directMessage(erin, dm, question, inAgentView));
    const shown = await withoutPauses(test.db, isma.settled());

    expect(shown).toHaveLength(1);
    expect(shown[0]?.words).toContain(second);
    expect(shown[0]?.streaming).toBe(false);
  });

  it('is found again when the first post of a preview got no answer', async () => {
    slack.fail('chat.postMessage', { kind: 'dropped' });
    await isma.send.event(isma.send.directMessage(erin, dm, question));
    const shown = await withoutPauses(test.db, isma.settled());

    expect(shown).toHaveLength(1);
    expect(shown[0]?.words).toContain(third);
    expect(called('chat.postMessage')).toHaveLength(1);
  });

  it('is found again when the beginning of a stream got no answer', async () => {
    slack.fail('chat.startStream', { kind: 'dropped' });
    const event = isma.send.directMessage(erin, dm, question, inAgentView);
    await isma.send.event(event);
    const shown = await withoutPauses(test.db, isma.settled());

    expect(shown).toHaveLength(1);
    expect(shown[0]).toMatchObject({ threadTs: event.ts, streaming: false });
    for (const words of [first, second, third]) expect(shown[0]?.words).toContain(words);
    expect(called('chat.postMessage')).toEqual([]);
  });

  it.each([
    ['a stream', 'chat.startStream', inAgentView],
    ['a message', 'chat.postMessage', {}],
  ])('waits for its first words as %s where these come late, and takes their place', async (_name, method, view) => {
    const impatient = await startSlackHarness({ db: test.db, slack, modelServer: model, door: { callTimeout: 1_000 } });
    await isma.stop();
    let release = () => {};
    slack.fail(method, { kind: 'held', until: new Promise((resolve) => (release = resolve)) });
    await impatient.send.event(impatient.send.directMessage(erin, dm, question, view));
    const problem = async () => (await test.db.query('select problem from outbox')).rows[0]?.problem;
    await expect.poll(problem).toBe('a preview of it may still appear');
    const before = slack.shown();

    release();
    const shown = await withoutPauses(test.db, impatient.settled());
    await impatient.stop();

    expect(before).toEqual([]);
    expect(shown).toHaveLength(1);
    for (const words of [first, second, third]) expect(shown[0]?.words).toContain(words);
  }); // prettier-ignore

  it('waits for first words of which another process has never heard again', async () => {
    const begun = `begun/post/${Date.now()}`;
    const late = deliverSoon(finished('f', { draft: begun, via: { dm } }));
    await expect(late).rejects.toThrow('may still appear');
    await isma.door.port.deliver(finished('g', { draft: `begun/post/${Date.now() - 61_000}`, via: { dm } }), new AbortController().signal);

    expect(slack.shown()).toMatchObject([{ words: 'One two three. Four.', deliveryId: 'id-g' }]);
  }); // prettier-ignore

  it('goes on as a message when the stream breaks off half-way', async () => {
    pace = 60;
    slack.fail('chat.appendStream', { kind: 'error', error: 'message_not_in_streaming_state' }, { times: 9 });
    await isma.send.event(isma.send.directMessage(erin, dm, question, inAgentView));
    const shown = await withoutPauses(test.db, isma.settled());

    expect(shown).toHaveLength(1);
    for (const words of [first, second]) expect(shown[0]?.words).toContain(words);
  });

  const opening = (draftKey: string, rest: Partial<DraftOpening> = {}): DraftOpening => ({
    place: { address: `slack:${team}:@${erin}`, audience: 'direct', outsiders: false },
    sender: { platform: 'slack', tenant: team, user: erin, name: null, email: null, timeZone: null, locale: null, directAddress: null },
    via: { dm, thread: '1.000001' }, draftKey, receipt: null, opened: () => {}, ...rest,
  }); // prettier-ignore
  const finished = (draftKey: string, rest: Partial<Delivery>): Delivery => ({
    id: `id-${draftKey}`, address: `slack:${team}:@${erin}`, to: null, ephemeralTo: null, reply: Reply.parse({ text: 'One two three. Four.' }),
    via: { dm, thread: '1.000001' }, edits: null, draftKey, draft: null, ...rest,
  }); // prettier-ignore

  const deliverSoon = (delivery: Delivery) => isma.door.port.deliver(delivery, new AbortController().signal);

  async function abandonedStream(): Promise<string> {
    const dying = await startSlackHarness({ db: test.db, slack });
    const receipt = await new Promise<string>((opened) => {
      const note = (given: string | null) => {
        if (given?.startsWith('begun/') === false) opened(given);
      };
      dying.door.port.draft?.(opening('a', { opened: note }))?.show('One two three. ');
    });
    await dying.stop();
    return receipt;
  }

  it('is completed by whoever finds the stream of a process that died', async () => {
    const receipt = await abandonedStream();
    expect(slack.shown()).toMatchObject([{ streaming: true }]);

    const completed = await isma.door.port.deliver(
      finished('b', { draft: receipt }),
      new AbortController().signal,
    );

    expect(completed).toBe(receipt);
    expect(slack.shown()).toMatchObject([
      { streaming: false, words: 'One two three. Four.', deliveryId: 'id-b' },
    ]);
    expect(
      await isma.door.port.lookUp(finished('b', { draft: receipt }), new AbortController().signal),
    ).toEqual({ found: true, receipt });
  });

  it('goes on in the same message when a turn runs again after a crash', async () => {
    const receipt = await abandonedStream();
    const draft = isma.door.port.draft?.(opening('c', { receipt }));
    draft?.show('One two ');
    await expect.poll(() => slack.shown()[0]?.words).toContain('…');

    await isma.door.port.deliver(finished('c', { draft: receipt }), new AbortController().signal);

    expect(slack.shown()).toMatchObject([{ streaming: false, words: 'One two three. Four.' }]);
  });

  it('is posted anew when its draft was deleted meanwhile', async () => {
    await isma.door.port.deliver(finished('d', { draft: `${dm}/1.999999` }), new AbortController().signal);

    expect(slack.shown()).toMatchObject([{ words: 'One two three. Four.', threadTs: '1.000001' }]);
  });

  it('never shows half an address, nor a mark that Slack would obey', async () => {
    const draft = isma.door.port.draft?.(opening('e'));
    for (const text of [
      'See ',
      'See *e',
      'See *evil*.exa',
      'See *evil*.example/x ',
      'See *evil*.example/x <!channel> now ',
    ]) {
      draft?.show(text);
      await new Promise((resolve) => setTimeout(resolve, 450));
    }
    const pieces = slack.calls
      .filter(({ method }) => method.endsWith('Stream'))
      .map(({ args }) => String(args.markdown_text));
    draft?.discard();
    await expect.poll(() => slack.shown()).toEqual([]);

    expect(pieces.join('')).toBe('See \\*evil\\*\\.example/x &lt;\\!channel&gt; now ');
  });
});
