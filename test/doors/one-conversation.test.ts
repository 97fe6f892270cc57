/** What works in one door works in all: the same long conversation leaves the same rows, and says the same. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Reply } from '../../src/conversation/contract.ts';
import { verifyAudit } from '../../src/db/audit.ts';
import type { Database } from '../../src/db/database.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { givenDocument, givenPeople } from '../support/harness.ts';
import { passagesOf, startModelServer, type ModelServer } from '../support/model-server.ts';
import { lostDevicePolicy } from '../faults/doors.ts';
import { stages, type Stage } from './stages.ts';

const erin = 'erin@test.example';
const ines = 'ines@test.example';

/** An answer, a follow-up, feedback, a refusal, the owner's reply with an error on the way, a file, and thanks. */
async function converse({ say, press, fill, attach }: Stage, file: string): Promise<void> {
  await say(ines, 'hello');
  await say(erin, 'My laptop was stolen, how soon do I report it?');
  await press(erin, 'Helpful');
  await say(erin, 'and on holiday?');
  await say(erin, 'May I take a drone to the warehouse?');
  await press(erin, 'Ask Ines Isms');
  await press(ines, 'Answer');
  await fill(ines, { answer: '   ', keep: 'everyone' });
  await fill(ines, { answer: 'Yes, below the roof.', keep: 'everyone' });
  await press(ines, 'No change needed');
  await attach(erin, file, 'how soon do I report a stolen laptop?');
  await say(erin, 'thanks');
}

/** What the records hold afterwards, without what differs by nature: ids of platforms, and times. */
async function records(db: Database) {
  const rows = async (sql: string) => (await db.query(sql)).rows;
  return {
    answers: await rows(
      'select answer.id, person.email, question, outcome, section_ids from answer join person on person.id = person_id order by answer.id',
    ),
    feedback: await rows('select answer_id, helpful, reason from answer_feedback order by answer_id'),
    questions: await rows(
      'select reference, question, state, reply, owner_id, asker_id from open_question order by id',
    ),
    kept: await rows(
      "select title, status from document_version where reference like 'Q-%' order by id",
    ).catch(() => []),
    audit: await rows('select actor, action, record from audit_entry order by seq'),
    inputs: await rows('select state, count(*)::integer as n from inbox group by state order by state'),
  };
}

/** What was said to whom, in order: a note on a card says what a message of its own says elsewhere. */
async function said(db: Database): Promise<string[]> {
  const { rows } = await db.query(
    `select reply, coalesce(target.email, asker.email) as who from outbox join inbox on inbox.id = inbox_id
     left join person target on target.id = outbox.person_id
     join identity on identity.platform = inbox.input -> 'sender' ->> 'platform' and identity.user_id = inbox.input -> 'sender' ->> 'user'
     join person asker on asker.id = identity.person_id order by outbox.inbox_id, ordinal`,
  );
  return rows.map(({ reply, who }) => {
    const { text, note, citations, form } = reply as Reply;
    const sources = citations.map((citation) => `${citation.n} ${citation.section}`).join(',');
    const errors = (form?.fields ?? []).flatMap((field) => field.error ?? []).join(',');
    return `${String(who)}: ${note ?? `${text} ${sources}`} ${errors}`.trim();
  });
}

describeOnDatabases('one long conversation', (test) => {
  let model: ModelServer;
  let folder: string;
  let stage: Stage | null = null;
  const seen: Record<string, { records: Awaited<ReturnType<typeof records>>; said: string[] }> = {};

  beforeAll(async () => {
    model = await startModelServer();
    folder = await mkdtemp(join(tmpdir(), 'isma-doors-'));
    await writeFile(join(folder, 'notes.txt'), 'Some notes.');
    model.script((request) => {
      const asked = request.messages.at(-1)?.content ?? '';
      const passage = passagesOf(request).find(({ text }) => text.includes('24 hours'));
      if (passage === undefined || asked.includes('drone')) return { text: 'NOT_COVERED' };
      return { text: `Report it within 24 hours [${passage.n}].` };
    });
  });
  afterAll(async () => {
    await model.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    await givenPeople(test.db);
    await givenDocument(test.db, 'mobile.md', lostDevicePolicy);
  });
  afterEach(async () => {
    await stage?.stop();
    stage = null;
  });

  it.each(Object.keys(stages))('is held through %s to its end, and the audit log is whole', async (name) => {
    stage = (await stages[name]?.({ db: test.db, model })) ?? null;
    if (stage === null) throw new Error(`no stage ${name}`);

    await converse(stage, join(folder, 'notes.txt'));

    seen[name] = { records: await records(test.db), said: await said(test.db) };
    expect((await verifyAudit(test.db)).faults).toEqual([]);
    expect(seen[name].records.questions).toMatchObject([
      { state: 'no_change', reply: 'Yes, below the roof.' },
    ]);
    expect(seen[name].said.join('\n')).toMatch(
      /Report it within 24 hours[\s\S]*I found nothing on this[\s\S]*Yes, below the roof/,
    );
  });

  it('leaves the same rows through every door', () => {
    expect(Object.keys(seen)).toEqual(Object.keys(stages));
    for (const name of Object.keys(stages))
      expect([name, seen[name]?.records]).toEqual([name, seen.terminal?.records]);
  });

  it('says the same through every door', () => {
    expect(Object.keys(seen)).toEqual(Object.keys(stages));
    for (const name of Object.keys(stages))
      expect([name, seen[name]?.said]).toEqual([name, seen.terminal?.said]);
  });
});
