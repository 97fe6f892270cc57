/** A stored file stays while evidence or an open card refers to it, and may go once nothing does. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { forgetFile, rememberFile, selectUnusedFiles } from '../../src/records/stored-file.ts';
import { describeOnDatabases } from '../support/databases.ts';

const day = (number: number) => new Date(`2026-11-${number}T09:00:00Z`);
const file = (name: string) => ({
  sha256: createHash('sha256').update(name).digest('hex'),
  size: 12,
  mediaType: 'text/plain',
});

describeOnDatabases('a stored file', (test) => {
  const unused = () => test.db.transaction((tx) => selectUnusedFiles(tx, day(20)));
  const forget = (name: string) => test.db.transaction((tx) => forgetFile(tx, file(name).sha256, day(20)));

  /** Rows of other records, without all that those records ask for. */
  async function givenReference(kind: 'evidence' | 'proposal', name: string, state = 'shown') {
    const { sha256 } = file(name);
    await test.db.query(`do $$ begin set local session_replication_role = replica;
      ${
        kind === 'evidence'
          ? `insert into evidence_revision (evidence_id, number, sha256, size, media_type, file_name, uploaded_by, uploaded_by_name, uploaded_at)
             values (1, 1, '${sha256}', 12, 'text/plain', 'a.txt', 1, 'Omar Owner', now());`
          : `insert into proposal (person_id, input_id, state, changes, files, shown_at, expires_at)
             values (1, ${name.length}, '${state}', '[]', '{${sha256}}', now(), now());`
      } end $$`);
  }

  it('is in use while evidence keeps it or a card that is still shown would, and else is forgotten once', async () => {
    for (const name of ['kept', 'shown', 'cancelled', 'never', 'new'])
      await test.db.transaction((tx) => rememberFile(tx, file(name), day(name === 'new' ? 21 : 19)));
    await givenReference('evidence', 'kept');
    await givenReference('proposal', 'shown');
    await givenReference('proposal', 'cancelled', 'cancelled');

    expect((await unused()).sort()).toEqual([file('cancelled').sha256, file('never').sha256].sort());
    const forgotten = [];
    for (const name of ['kept', 'shown', 'cancelled', 'never', 'never', 'new'])
      forgotten.push(await forget(name));

    expect(forgotten).toEqual([false, false, true, true, false, false]);
    const { rows } = await test.db.query('select sha256 from stored_file order by sha256');
    expect(rows.map(({ sha256 }) => sha256)).toEqual(
      ['kept', 'shown', 'new'].map((name) => file(name).sha256).sort(),
    );
  });

  it('that is brought again is kept a while longer, and never becomes older', async () => {
    for (const at of [day(19), day(22), day(18)])
      await test.db.transaction((tx) => rememberFile(tx, file('a'), at));

    expect(await unused()).toEqual([]);
    expect(await forget('a')).toBe(false);
    const { rows } = await test.db.query('select stored_at from stored_file');
    expect(rows).toEqual([{ stored_at: day(22) }]);
  });
});
