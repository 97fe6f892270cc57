/** Files that we made reach the person, whichever process made them and whichever delivers them. */
import { afterEach, expect, it } from 'vitest';
import { keepOutgoingFile, readOutgoingFile } from '../../src/conversation/outgoing-file.ts';
import { forgetMessages } from '../../src/conversation/retention.ts';
import { Refusal } from '../../src/errors.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { createScriptedCore, type ScriptedCore } from './core-harness.ts';

const days = (n: number) => new Date(Date.now() - n * 86_400_000);

describeOnDatabases('a file that we made', (test) => {
  let cores: ScriptedCore[] = [];

  afterEach(async () => {
    for (const { core } of cores) await core.stop();
  });

  it('is handed over whole by a process that did not make it', async () => {
    const content = Buffer.alloc(300_000, 'register;');
    cores = ['makes', 'delivers'].map(() =>
      createScriptedCore({
        db: test.db,
        onTurn:
          ({ text }) =>
          async (tx) => [
            { to: 'place', reply: { text, files: [await keepOutgoingFile(tx, `${text}.csv`, content)] } },
          ],
      }),
    );
    for (const { core } of cores) await core.start();

    for (let n = 0; n < 8; n += 1)
      await cores[n % 2]?.receive(`person${n}@test.example`, `list ${n}`, `e${n}`);
    await Promise.all(cores.map(({ core }) => core.quiet()));

    const delivered = cores.flatMap((each) => each.delivered);
    expect(delivered).toHaveLength(8);
    for (const { reply, enclosed } of delivered) {
      const [file] = reply.files;
      expect(file).toMatchObject({ name: `${reply.text}.csv`, size: content.byteLength });
      expect(content.equals(enclosed?.get(file?.id ?? '') ?? Buffer.alloc(0))).toBe(true);
    }
  });

  it('goes after a week, or with the words of its time where that is sooner', async () => {
    const [old, weeks] = [
      await keepOutgoingFile(test.db, 'a.csv', Buffer.from('a')),
      await keepOutgoingFile(test.db, 'b.csv', Buffer.from('b')),
    ];
    await test.db.query("update outgoing_file set kept_at = now() - interval '8 days' where id = $1", [
      weeks.id,
    ]);

    await forgetMessages(test.db, days(90));
    expect([await readOutgoingFile(test.db, old.id), await readOutgoingFile(test.db, weeks.id)]).toEqual([
      expect.anything(),
      null,
    ]);
    await forgetMessages(test.db, days(-1));
    expect(await readOutgoingFile(test.db, old.id)).toBeNull();
  });

  it('of more than 20 MB is refused in words for the person', async () => {
    const keeping = keepOutgoingFile(test.db, 'a.csv', Buffer.alloc(21 * 1024 * 1024));

    await expect(keeping).rejects.toThrow(Refusal);
    expect((await test.db.query('select from outgoing_file')).rows).toEqual([]);
  });
});
