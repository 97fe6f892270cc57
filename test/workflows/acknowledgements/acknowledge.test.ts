/** A policy as somebody reads and acknowledges it, and what is kept of that. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { verifyAudit } from '../../../src/db/audit.ts';
import { changeSetting } from '../../../src/records/setting.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import {
  directAddress,
  givenDocument,
  givenPeople,
  startHarness,
  type Harness,
  type Said,
} from '../../support/harness.ts';
import { ask, policy, stored } from './given-policy.ts';

const [erin, hugo, ines] = ['erin', 'hugo', 'ines'].map((name) => `${name}@test.example`) as [string, string, string]; // prettier-ignore

describeOnDatabases('A policy that is to be acknowledged', (test) => {
  let isma: Harness;
  let now: Date;
  beforeEach(async () => {
    now = new Date('2026-12-01T09:00:00Z');
    await givenPeople(test.db);
    isma = await startHarness({ db: test.db, clock: () => now });
  });
  afterEach(() => isma.stop());

  const rows = async (sql: string, values: unknown[] = []) => (await test.db.query(sql, values)).rows;
  const last = (said: Said[]) => said.at(-1)?.reply;
  const textOf = (said: Said[]) =>
    [last(said)?.text, ...(last(said)?.passages ?? []).map(({ text }) => text)].join('\n');
  const labels = (said: Said[]) => last(said)?.buttons.map(({ label }) => label);
  const idOf = (said: Said[], label: string) => {
    const { buttons = [], items = [], choices = [] } = last(said) ?? {};
    const found = [...buttons, ...choices, ...items.flatMap(({ button }) => button ?? [])].find(
      (button) => button.label === label,
    );
    if (found === undefined) throw new Error(`no «${label}» in ${JSON.stringify(last(said))}`);
    return found.id;
  };
  const pressed = (email: string, said: Said[], label: string, fields = {}) => isma.press(email, idOf(said, label), fields); // prettier-ignore
  const states = async () =>
    (await rows('select state from acknowledgement_request order by id')).map(({ state }) => state);
  const setting = (name: string, value: unknown) => test.db.transaction((tx) => changeSetting(tx, name, value, 'test', now)); // prettier-ignore
  /** Opens the card of the only one, and its text. */
  async function read(email: string): Promise<Said[]> {
    const list = await isma.say(email, 'what do I have to acknowledge?');
    return pressed(email, await pressed(email, list, 'Look'), 'Read it');
  }

  it('is read, acknowledged with its words and its hash, and becomes its receipt', async () => {
    await stored(test.db, policy('2.0'), now);
    await ask(test.db, [erin], now);

    const list = await isma.say(erin, "what's on my plate?");
    expect(last(list)?.items).toMatchObject([
      { text: 'Read and acknowledge: Access Control Policy', button: { label: 'Look' } },
    ]);
    const card = await pressed(erin, list, 'Look');
    expect(last(card)).toMatchObject({ text: 'Access Control Policy', quoted: true });
    expect(textOf(card)).toContain(
      'v2.0 · in force since 1 January 2026 · about a minute · due Wednesday 9 December\nYou are asked because you work here.',
    );
    expect(textOf(card)).toContain(
      'In short:\nPeople get the access that they need, and no more.\n• You use passwords of at least 12 characters. (2)',
    );
    expect(labels(card)).toEqual(['Read it', 'I have a question']);
    const text = await pressed(erin, card, 'Read it');
    expect(textOf(text)).toContain(
      '2 Passwords\nYou use passwords of at least 12 characters. Nobody shares them.',
    );
    expect(textOf(text)).toContain(
      'With «Acknowledge» you say: «I have read this text and understood it, and I follow it in my work.»',
    );
    const receipt = await pressed(erin, text, 'Acknowledge');

    const written =
      '1 Purpose\nPeople get the access that they need, and no more.\n\n2 Passwords\nYou use passwords of at least 12 characters. Nobody shares them.';
    const hash = createHash('sha256').update(written).digest('hex');
    expect(last(receipt)?.text).toBe('✓ Access Control Policy is acknowledged');
    expect(textOf(receipt)).toContain('v2.0 · English · by you on 1 December 2026 at 10:00');
    expect(textOf(receipt)).toContain(
      `Fingerprint of the text: ${hash.slice(0, 4)} ${hash.slice(4, 8)} ${hash.slice(8, 12)} (SHA-256)`,
    );
    expect(
      await rows(
        'select name, reference, version, language, content_hash, statement, statement_language, how from acknowledgement',
      ),
    ).toEqual([
      {
        name: 'Erin Employee',
        reference: 'POL-03',
        version: '2.0',
        language: 'en',
        content_hash: hash,
        statement: 'I have read this text and understood it, and I follow it in my work.',
        statement_language: 'en',
        how: 'chat',
      },
    ]);
    expect(await states()).toEqual(['acknowledged']);
    expect(last(await isma.say(erin, "what's on my plate?"))?.text).toContain('Nothing waits for you');
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  });

  it('is signed once, and only from the card as it is now, after its text was opened', async () => {
    await stored(test.db, policy('2.0'), now);
    await ask(test.db, [erin], now);
    const [request] = await rows('select id from acknowledgement_request');

    const typed = await isma.press(erin, `acknowledgements.sign?request=${String(request?.['id'])}`);
    expect(last(typed)?.text).toContain('What is missing first: the text, opened once.');
    const others = await isma.press(hugo, `acknowledgements.sign?request=${String(request?.['id'])}`);
    expect(last(others)?.text).toContain('That is not for you to acknowledge');
    const text = await read(erin);
    await stored(test.db, policy('2.0', { characters: 16 }), now);
    await isma.runDue();
    const late = await pressed(erin, text, 'Acknowledge');
    expect(last(late)?.text).toContain('What is missing first: the text, opened once.');
    expect(await rows('select * from acknowledgement')).toEqual([]);

    const again = await pressed(erin, late, 'Read it');
    const id = idOf(again, 'Acknowledge');
    await isma.press(erin, id);
    const twice = await isma.press(erin, id);
    expect(last(twice)?.text).toContain('You have acknowledged it already. Nothing was written again.');
    expect(await rows('select count(*)::integer as n from acknowledgement')).toEqual([{ n: 1 }]);
    await expect(rows("update acknowledgement set statement = 'x'")).rejects.toThrow('stays as it is');
    await expect(rows('delete from acknowledgement')).rejects.toThrow('stays as it is');
  });

  it('moves with a minor version, and what was acknowledged still holds; a major one is asked anew, on its day', async () => {
    await stored(test.db, policy('2.0'), now);
    await ask(test.db, [erin, hugo], now);
    await pressed(erin, await read(erin), 'Acknowledge');
    await read(hugo);
    await stored(test.db, policy('2.1', { characters: 14 }), now);
    await givenDocument(test.db, 'access-3.md', policy('3.0', { characters: 16, effective: '2026-12-03' }), {
      now,
    });
    await isma.runDue();
    const versions = () =>
      rows(
        'select person.name, version.version, request.state, due_on::text as due from acknowledgement_request request join person on person.id = person_id join document_version version on version.id = version_id order by request.id',
      );
    expect(await versions()).toMatchObject([
      { version: '2.0', state: 'acknowledged' },
      { version: '2.1', state: 'pending' },
    ]);

    now = new Date('2026-12-03T09:00:00Z');
    await isma.runDue();
    await isma.runDue();

    expect(await versions()).toEqual([
      { name: 'Erin Employee', version: '2.0', state: 'acknowledged', due: '2026-12-09' },
      { name: 'Hugo Owner', version: '2.1', state: 'cancelled', due: '2026-12-09' },
      { name: 'Erin Employee', version: '3.0', state: 'pending', due: '2026-12-17' },
      { name: 'Hugo Owner', version: '3.0', state: 'pending', due: '2026-12-17' },
    ]);
    const card = await pressed(erin, await isma.say(erin, 'what do I have to acknowledge?'), 'Look');
    expect(textOf(card)).toContain('You are asked because there is a new version of what you acknowledged.');
    expect(textOf(card)).toContain(
      'What changed since v2.0, which you acknowledged on 1 December 2026:\n2 Passwords · changed\nNow: «You use passwords of at least 16 characters.» Before: «12»',
    );
    expect(
      await rows("select count(*)::integer as n from audit_entry where action = 'acknowledgement.followed'"),
    ).toEqual([{ n: 2 }]);
  });

  it('asks a minor version anew where that is set, and never for what somebody may not read, a draft, or what is gone', async () => {
    await setting('acknowledgement.versions', { minorAgain: true, days: 5 });
    await stored(test.db, policy('2.0'), now);
    await ask(test.db, [erin, hugo], now);
    await pressed(erin, await read(erin), 'Acknowledge');
    await stored(test.db, policy('2.1').replace('status: published', 'status: draft'), now);
    await isma.runDue();
    expect(await states()).toEqual(['acknowledged', 'pending']);

    await stored(test.db, policy('2.1', { characters: 14 }), now);
    await isma.runDue();
    expect(await states()).toEqual(['acknowledged', 'pending', 'pending']);
    await stored(test.db, policy('2.2', { characters: 15 }).replace('[everyone]', '[isms_manager]'), now);
    await isma.runDue();
    expect(await states()).toEqual(['acknowledged', 'cancelled', 'cancelled']);
    expect(last(await isma.say(erin, 'what do I have to acknowledge?'))?.text).toBe(
      'There is nothing for you to acknowledge.',
    );
  });

  it('shows the author’s line, three sections, and the rest behind a button', async () => {
    const sections = (word: string) =>
      [3, 4, 5, 6]
        .map((at) => `## ${at} Part ${at}\n\nYou ${word} part ${at} within one day of noticing it.`)
        .join('\n\n');
    await stored(test.db, policy('2.0', { rest: sections('report') }), now);
    await ask(test.db, [erin], now);
    await pressed(erin, await read(erin), 'Acknowledge');
    await stored(
      test.db,
      policy('3.0', { rest: sections('send'), characters: 16, more: 'changes: Passwords grew.' }),
      now,
    );
    await isma.runDue();

    const card = await isma.say(erin, 'acknowledge the access policy');
    await pressed(erin, card, 'Read it');
    const again = await isma.say(erin, 'acknowledge access control policy');

    expect(textOf(card)).toContain('1 December 2026:\n«Passwords grew.»\n2 Passwords · changed');
    expect(last(card)?.passages.filter(({ folded }) => folded)).toHaveLength(2);
    expect(labels(card)).toEqual(['Read it', 'I have a question', '2 more sections']);
    expect(textOf(again)).toContain(
      '2 more sections changed: they are in the text.\nWith «Acknowledge» you say:',
    );
    expect(labels(again)).toEqual(['Acknowledge', 'Read again', 'I have a question']);
  });

  it('is shown, signed and hashed in German where there is a German text of the same version, and in its own language else', async () => {
    await stored(test.db, policy('2.0'), now);
    const german = policy('2.0', {
      ref: 'POL-03-DE',
      title: 'Zugriffsrichtlinie',
      more: 'language: de\ntranslates: POL-03',
    }).replace(
      'You use passwords of at least 12 characters. Nobody shares them.',
      'Sie verwenden Passwörter mit mindestens 12 Zeichen.',
    );
    const id = await givenDocument(test.db, 'zugriff.md', german, { now });
    await test.db.query("update person set locale = 'de-DE' where email = $1", [erin]);
    await ask(test.db, [erin, hugo], now, { why: '' });

    const list = await isma.say(erin, 'was muss ich noch bestätigen?');
    const card = await pressed(erin, list, 'Ansehen');
    const text = await pressed(erin, card, 'Lesen');
    const receipt = await pressed(erin, text, 'Bestätigen');

    expect(textOf(card)).toContain(
      'Zugriffsrichtlinie\nv2.0 · gilt seit 1. Januar 2026 · etwa eine Minute · fällig Mittwoch, 9. Dezember',
    );
    expect(textOf(text)).toContain(
      'Mit «Bestätigen» sagen Sie: «Ich habe diesen Text gelesen und verstanden und halte mich bei meiner Arbeit daran.»',
    );
    expect(textOf(receipt)).toContain('v2.0 · Deutsch · von Ihnen am 1. Dezember 2026 um 10:00');
    expect(
      await rows('select version_id, reference, language, statement_language from acknowledgement'),
    ).toEqual([{ version_id: id, reference: 'POL-03', language: 'de', statement_language: 'de' }]);
    await stored(test.db, policy('2.1'), now);
    await isma.runDue();
    expect(textOf(await isma.say(hugo, 'acknowledge the access policy'))).toContain(
      'Access Control Policy\nv2.1',
    );
  });

  it('waits for the answer to a question about it, which comes back with the way to it', async () => {
    await stored(test.db, policy('2.0'), now);
    await ask(test.db, [erin], now);
    const owed = async () => {
      const { acknowledgementsRoom } = await import('../../../src/workflows/acknowledgements/room.ts');
      const { owed: of } = acknowledgementsRoom.workflow({ db: test.db, lexicon: isma.lexicon } as never);
      const { rows: people } = await test.db.query('select id from person');
      return (await of?.(test.db, people.map(({ id }) => Number(id)), now))?.map(({ paused, dueOn, why }) => ({ paused, dueOn, why }));
    }; // prettier-ignore
    expect(await owed()).toEqual([
      { paused: false, dueOn: '2026-12-09', why: 'You are asked because you work here.' },
    ]);

    const form = await pressed(erin, await read(erin), 'I have a question');
    expect(last(form)?.text).toBe(
      'What would you like to know about «Access Control Policy»? It goes to Hugo Owner.',
    );
    const sent = await isma.press(erin, last(form)?.form?.id ?? '', {
      question: 'May I use a passkey instead?',
    });

    const mine = sent.filter(({ address }) => address === directAddress(erin));
    expect(textOf(mine)).toContain(
      'Your question is with Hugo Owner: «May I use a passkey instead?» Until there is an answer nobody reminds you.',
    );
    expect(labels(mine)).toEqual(['Read again']);
    const card = sent.filter(({ address }) => address === directAddress(hugo));
    expect(textOf(card)).toContain(
      'It is about Access Control Policy v2.0, which they are asked to acknowledge',
    );
    expect(await owed()).toMatchObject([{ paused: true }]);
    const answer = await isma.press(hugo, `answers.reply?question=Q-2026-001`, {
      answer: 'Yes, a passkey is fine.',
      keep: 'asker',
    });
    await isma.runDue();
    expect(await states()).toEqual(['pending']);
    expect(await owed()).toMatchObject([{ paused: false }]);
    const back = await pressed(
      erin,
      answer.filter(({ address }) => address === directAddress(erin)),
      'Back to the text',
    );
    expect(textOf(back)).toContain(
      'Hugo Owner answered your question «May I use a passkey instead?»: Yes, a passkey is fine.',
    );
    await pressed(erin, back, 'Acknowledge');
    expect(await states()).toEqual(['acknowledged']);
    expect(await owed()).toEqual([]);
  });

  it('asks a question first where that is set, keeps no wrong answer, and is signed once it is answered', async () => {
    await setting('acknowledgement.questions', { count: 0, of: { 'POL-03': 2 } });
    await stored(test.db, policy('2.0'), now);
    await ask(test.db, [erin], now);
    await test.db.query(
      `insert into policy_question (reference, state, state_at, document_id, section_id, language, ask, right_answer, wrong_answers, why, drafted_by)
       select 'PQ-2026-001', 'approved', now(), document_id, section.id, 'en', 'How long is a password?', 'At least 12', '{"At least 8","At least 20"}', 'Section 2 says so.', 'person'
       from section join document_version version on version.id = version_id where number = '2'`,
    );

    const text = await read(erin);
    expect(labels(text)).toEqual(['1 question first', 'I have a question', 'Back']);
    const [request] = await rows('select id from acknowledgement_request');
    const early = await isma.press(erin, `acknowledgements.sign?request=${String(request?.['id'])}`);
    expect(last(early)?.text).toContain('What is missing first: the questions about it, answered.');
    const question = await pressed(erin, text, '1 question first');
    const wrong = await pressed(erin, question, 'At least 8');
    expect(last(wrong)?.text).toBe('Not quite. Section 2 says so.\nHow long is a password?');
    expect(await rows('select passed_questions, state from acknowledgement_request')).toEqual([
      { passed_questions: [], state: 'viewed' },
    ]);
    const right = await pressed(erin, wrong, 'At least 12');
    expect(last(right)?.note).toBe('Right. Section 2 says so.');
    expect(await states()).toEqual(['quiz_passed']);
    await pressed(erin, right, 'Acknowledge');
    expect(await states()).toEqual(['acknowledged']);
  });

  it('goes page by page, by button and by word', async () => {
    const rest = Array.from(
      { length: 30 },
      (_, at) =>
        `## ${at + 3} Part ${at}\n\n${'You keep to what this part says of you and your work. '.repeat(6)}`,
    ).join('\n\n');
    await stored(test.db, policy('2.0', { rest }), now);
    await ask(test.db, [ines], now);

    let page = await read(ines);
    const total = last(page)?.progress?.total ?? 0;
    for (let at = 1; at < total; at += 1)
      page = at % 2 === 0 ? await isma.say(ines, 'next') : await pressed(ines, page, 'Next');

    expect(total).toBeGreaterThan(3);
    expect(last(page)?.progress).toEqual({ label: 'Page', done: total, total });
    expect(labels(page)).toEqual(['Acknowledge', 'I have a question', 'Back']);
  });
});
