/** Who may read a non-conformity: those with a place on it, managers for their own people, ISMS managers and auditors. */
import { expect, it } from 'vitest';
import { isReadable, mayRead, readsAll } from '../../src/isms/register/access.ts';
import { selectNonconformity } from '../../src/isms/nonconformity/nonconformity.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { givenPlaces, givenRecords, insert, now, places, type Place } from './given-register.ts';

describeOnDatabases('a non-conformity', (test) => {
  it('is read by those with a place on it and by managers of its people alone, one by one as in a list', async () => {
    const people = await givenPlaces(test.db);
    const { nonconformityId, actionId } = await givenRecords(test.db, people, {
      nc: 'action_planned',
      ca: 'in_progress',
    });
    await test.db.query('update person set manager_id = $1 where id = $2', [
      people.outsider.id,
      people.actor.id,
    ]);
    const readers = async (): Promise<Place[]> => {
      const record = await selectNonconformity(test.db, nonconformityId);
      const found: Place[] = [];
      for (const place of Object.keys(places) as Place[]) {
        const alone = await isReadable(test.db, people[place], record);
        const { rowCount } = await test.db.query(`select from nonconformity where ${mayRead}`, [
          people[place].id,
          readsAll(people[place]),
        ]);
        expect([place, rowCount === 1]).toEqual([place, alone]);
        if (alone) found.push(place);
      }
      return found;
    };

    const before = await readers();
    await insert(test.db, 'delegation', {
      action_id: actionId, from_id: people.actor.id, to_id: people.assignee.id, note: 'Please', offered_at: now,
    }); // prettier-ignore
    const offered = await readers();
    await test.db.query('update person set manager_id = $1 where id = $2', [
      people.outsider.id,
      people.owner.id,
    ]);
    await test.db.query('update person set manager_id = null where id = $1', [people.actor.id]);
    const managed = await readers();
    await test.db.query('update person set manager_id = null');
    await test.db.query("update delegation set state = 'withdrawn'");

    const placed = ['owner', 'raiser', 'approver', 'checker', 'actor', 'manager', 'auditor'];
    expect(before).toEqual([...placed, 'outsider']);
    expect(offered).toEqual([...placed, 'outsider', 'assignee']);
    expect(managed).toEqual([...placed, 'outsider', 'assignee']);
    expect(await readers()).toEqual(placed);
  });
});
