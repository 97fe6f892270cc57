/** What people practise is theirs: nobody else reads it, and what is counted never shows fewer people than the setting says. */
import { beforeEach, expect, it } from 'vitest';
import {
  endInterviews,
  finishInterview,
  forgetInterview,
  forgetWords,
  giveToAudit,
  lockInterview,
  openInterview,
  saveInterview,
  selectGivenTo,
  selectPractised,
  type Result,
} from '../../../src/isms/mock-audit/interview.ts';
import { openMockAudit } from '../../../src/isms/mock-audit/mock-audit.ts';
import { importPeople } from '../../../src/isms/person/people-import.ts';
import { selectPerson, type Person } from '../../../src/records/person.ts';
import { changeSetting } from '../../../src/records/setting.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { today } from '../../support/harness.ts';

const criterion = 'A.6.8.channel';
const missing = (...places: number[]): Result => ({ criterion, theme: 'people', missing: places, points: 3 });

describeOnDatabases('Practice interviews', (test) => {
  let people: Person[];
  beforeEach(async () => {
    const imported = Array.from({ length: 24 }, (_, at) => ({
      email: `p${at}@test.example`, name: `Person ${at}`, roles: at === 0 ? (['employee', 'isms_manager'] as const) : (['employee'] as const),
      department: null, title: null, manager: null, groups: [], timeZone: 'Europe/Berlin', locale: 'en-GB',
    })); // prettier-ignore
    await test.db.transaction((tx) =>
      importPeople(
        tx,
        imported.map((each) => ({ ...each, roles: [...each.roles] })),
        'test',
        today,
      ),
    );
    const { rows } = await test.db.query('select id from person order by id');
    people = await Promise.all(rows.map(({ id }) => selectPerson(test.db, Number(id))));
  });

  const commandOf = (at: number) => {
    const actor = people[at];
    if (actor === undefined) throw new Error(`no person ${at}`);
    return { actor, at: today, inputId: null, link: null };
  };

  /** @returns its id */
  function practises(at: number, result: Result, mockAuditId: number | null = null): Promise<string> {
    const command = commandOf(at);
    return test.db.transaction(async (tx) => {
      const parts = { personId: command.actor.id, mockAuditId, role: 'everyone', stage: 'practice' as const };
      const id = String(await openInterview(tx, command, { ...parts, criteria: [criterion] }));
      const interview = await lockInterview(tx, command, id, ['invited', 'in_progress']);
      const given = [{ of: `${criterion}.0`, asked: '?', choice: null, skipped: null, words: 'I tell nobody', read: null }];
      await saveInterview(tx, { ...interview, state: 'in_progress', given });
      await finishInterview(tx, command, interview, [result]);
      return id;
    });
  } // prettier-ignore

  const practised = () => selectPractised(test.db);
  const audit = () =>
    test.db.transaction((tx) => openMockAudit(tx, commandOf(0), { about: 'leavers', requirement: null }));
  const give = async (at: number, id: string) =>
    test.db.transaction(async (tx) => giveToAudit(tx, await lockInterview(tx, commandOf(at), id, ['done'])));

  it('show nothing of nine people, and of ten how often each point is missing', async () => {
    for (let at = 0; at < 9; at += 1) await practises(at, missing(1));
    const nine = await practised();
    await practises(9, missing(1, 3));

    expect(nine).toEqual({ least: 10, people: 0, points: [] });
    expect(await practised()).toEqual({
      least: 10,
      people: 10,
      points: [
        { theme: 'people', criterion, point: 1, missed: 10, answers: 10 },
        { theme: 'people', criterion, point: 3, missed: 1, answers: 10 },
      ],
    });
  });

  it('do not change with each further person, but with ten more at once, so that no difference shows fewer', async () => {
    const shown: number[] = [];
    for (let at = 0; at < 24; at += 1) {
      await practises(at, missing(...(at % 2 === 0 ? [1] : [2])));
      shown.push((await practised()).people);
    }

    expect(shown).toEqual([...Array<number>(9).fill(0), ...Array<number>(10).fill(10), ...Array<number>(5).fill(20)]);
  }); // prettier-ignore

  it('count people, not interviews: one who practises ten times is one', async () => {
    for (let time = 0; time < 12; time += 1) await practises(1, missing(1));

    expect((await practised()).people).toBe(0);
  });

  it('count each question by itself: ten people who answered different ones are no group', async () => {
    for (let at = 0; at < 10; at += 1)
      await practises(at, { ...missing(1), criterion: at < 5 ? criterion : 'A.7.7.screen' });

    expect(await practised()).toEqual({ least: 10, people: 0, points: [] });
  });

  it('follow the setting, also for what was counted while it was lower', async () => {
    const set = (people: number) => test.db.transaction((tx) => changeSetting(tx, 'mock_audit.smallest_group', people, 'test', today));
    await set(4);
    for (let at = 0; at < 4; at += 1) await practises(at, missing(2));
    const four = await practised();
    await set(10);

    expect(four.people).toBe(4);
    expect(await practised()).toEqual({ least: 10, people: 0, points: [] });
    await expect(set(2)).rejects.toThrow('mock_audit.smallest_group');
  }); // prettier-ignore

  it('can be read, given away or forgotten by nobody else, the ISMS manager included', async () => {
    const id = await practises(3, missing(1));
    for (const other of [0, 4])
      for (const states of [['done'], ['invited', 'in_progress', 'done', 'declined', 'ended']] as const)
        await expect(
          test.db.transaction((tx) => lockInterview(tx, commandOf(other), id, states)),
        ).rejects.toThrow('There is no such interview of yours.');

    const own = await test.db.transaction((tx) => lockInterview(tx, commandOf(3), id, ['done']));
    expect(own.given[0]?.words).toBe('I tell nobody');
  });

  it('leave neither words, nor results, nor who practised in the audit log', async () => {
    const { rows: before } = await test.db.query('select count(*)::integer as n from audit_entry');
    await practises(3, missing(1));

    expect((await test.db.query('select count(*)::integer as n from audit_entry')).rows).toEqual(before);
  });

  it('of an audit show nothing of those who kept it to themselves, nor of two who gave it, and of three what they miss', async () => {
    const { id } = await audit();
    const ids = await Promise.all([1, 2, 3, 4].map((at) => practises(at, missing(2), id)));
    await give(1, ids[0] ?? '');
    await give(2, ids[1] ?? '');
    const two = await selectGivenTo(test.db, id);
    await give(3, ids[2] ?? '');

    expect(two).toEqual({ least: 3, points: [] });
    expect(await selectGivenTo(test.db, id)).toEqual({ least: 3, points: [{ theme: 'people', criterion, point: 2, missed: 3, answers: 3 }] });
  }); // prettier-ignore

  it('of an audit never count among what people practise, so that the two together show no smaller group', async () => {
    const { id } = await audit();
    for (const at of [1, 2, 3, 4]) await practises(at, missing(2), id);
    for (let at = 5; at < 14; at += 1) await practises(at, missing(1));

    expect((await practised()).people).toBe(0);
  });

  it('go into no audit once it is over, and none goes on then', async () => {
    const { id } = await audit();
    const done = await practises(1, missing(1), id);
    const open = await test.db.transaction((tx) =>
      openInterview(tx, commandOf(2), { personId: commandOf(2).actor.id, mockAuditId: id, role: null, stage: 'practice', criteria: [criterion] }),
    );
    await test.db.query("update mock_audit set state = 'final'");
    await test.db.transaction((tx) => endInterviews(tx, id, today));

    await expect(give(1, done)).rejects.toThrow('is over by now: nothing of yours goes into it.');
    await expect(test.db.transaction((tx) => lockInterview(tx, commandOf(2), String(open), ['invited', 'in_progress']))).rejects.toThrow('That interview is over.');
  }); // prettier-ignore

  it('are forgotten by their person: words at once, results but for what was shown of many', async () => {
    const alone = await practises(1, missing(1));
    for (let at = 2; at < 11; at += 1) await practises(at, missing(1));
    const counted = await practised();
    const later = await practises(1, missing(2));
    for (const id of [alone, later])
      await test.db.transaction(async (tx) => forgetInterview(tx, await lockInterview(tx, commandOf(1), id, ['done']), today));

    expect(await practised()).toEqual(counted);
    const { rows } = await test.db.query("select count(*)::integer as n, (select count(*)::integer from mock_interview_result) as results from mock_interview where given <> '[]'");
    expect(rows).toEqual([{ n: 9, results: 10 }]);
  }); // prettier-ignore

  it('taken back from an audit that goes on are gone from it; from one that is over they are not, since the difference would show them', async () => {
    const { id } = await audit();
    const ids: string[] = [];
    for (const at of [1, 2, 3, 4]) {
      ids.push(await practises(at, missing(2), id));
      await give(at, ids.at(-1) ?? '');
    }
    const forget = (at: number) =>
      test.db.transaction(async (tx) => forgetInterview(tx, await lockInterview(tx, commandOf(at), ids[at - 1] ?? '', ['done']), today));
    await forget(1);
    const open = await selectGivenTo(test.db, id);
    await test.db.query("update mock_audit set state = 'final'");
    await forget(2);

    expect(open.points[0]?.answers).toBe(3);
    expect(await selectGivenTo(test.db, id)).toEqual(open);
  }); // prettier-ignore

  it('lose their words after the retention, and keep what was counted', async () => {
    for (let at = 0; at < 10; at += 1) await practises(at, missing(1));
    const before = await practised();
    const day = 86_400_000;
    await test.db.transaction((tx) => forgetWords(tx, new Date(today.getTime() - day)));
    const { rows: kept } = await test.db.query("select count(*)::integer as n from mock_interview where given <> '[]'");
    await test.db.transaction((tx) => forgetWords(tx, new Date(today.getTime() + day)));

    expect(kept).toEqual([{ n: 10 }]);
    expect((await test.db.query("select count(*)::integer as n from mock_interview where given <> '[]'")).rows).toEqual([{ n: 0 }]);
    expect(await practised()).toEqual(before);
  }); // prettier-ignore
});
