/** Evidence in each door: asked for in a sentence, brought as a file that is dropped in the chat, opened and accepted. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOnDatabases } from '../support/databases.ts';
import { givenPeople } from '../support/harness.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { stages } from './stages.ts';

const erin = 'erin@test.example';
const ines = 'ines@test.example';

describeOnDatabases('Evidence that is asked for', (test) => {
  let model: ModelServer;
  let folder: string;
  beforeAll(async () => {
    model = await startModelServer();
    folder = await mkdtemp(join(tmpdir(), 'isma-evidence-door-'));
    await writeFile(join(folder, 'review.txt'), 'Access review of the fourth quarter');
  });
  afterAll(async () => {
    await model.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => givenPeople(test.db));

  const rows = async (sql: string) => (await test.db.query(sql)).rows;

  it.each(Object.keys(stages))('leaves the same rows through the door %s', async (door) => {
    const stage = await stages[door]?.({ db: test.db, model });
    if (stage === undefined) throw new Error(door);
    const { say, attach, press, stop } = stage;
    try {
      await say(erin, 'hello');
      await say(ines, 'hello');
      await say(ines, 'ask Erin urgently for the access review for A.5.18 in two weeks');
      await press(ines, 'Confirm');
      await attach(erin, join(folder, 'review.txt'), '');
      await press(ines, 'Look at it');
      await press(ines, 'Accept');
    } finally {
      await stop();
    }

    expect(await rows('select state, title, requirements, accepted_by_name from evidence_request')).toEqual([
      {
        state: 'accepted',
        title: 'Access review',
        requirements: ['A.5.18'],
        accepted_by_name: 'Ines Isms',
      },
    ]);
    // The file comes along with the card on which it is accepted.
    expect(await rows("select reply -> 'files' -> 0 ->> 'name' as file from outbox where state = 'sent' and jsonb_array_length(reply -> 'files') > 0")).toEqual([{ file: 'review.txt' }]); // prettier-ignore
    expect(await rows('select file_name, size, uploaded_by_name from evidence_revision')).toEqual([
      { file_name: 'review.txt', size: 35, uploaded_by_name: 'Erin Employee' },
    ]);
    expect(await rows("select action from audit_entry where record like 'evidence_request:%' and action like 'evidence_request.%' order by seq")).toEqual(
      ['asked', 'brought', 'looked_at', 'accepted'].map((done) => ({ action: `evidence_request.${done}` })),
    ); // prettier-ignore
  });
});
