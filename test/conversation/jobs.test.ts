/** What must happen at a time happens once, whichever process finds it due, and what fails is seen and holds up nothing. */
import { afterEach, expect, it } from 'vitest';
import type { DueJob, JobHandler } from '../../src/conversation/contract.ts';
import { UndeliverableError } from '../../src/conversation/port.ts';
import { claimInput } from '../../src/conversation/claim-input.ts';
import { forgetMessages } from '../../src/conversation/retention.ts';
import { resolvePerson } from '../../src/records/identity.ts';
import { statusText } from '../../src/cli/status-text.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { directAddress, envelope, givenPeople, today } from '../support/harness.ts';
import { meanwhile } from '../support/meanwhile.ts';
import { createScriptedCore, skipPauses, type Script, type ScriptedCore } from './core-harness.ts';

const erin = 'erin@test.example';

const job = (key: string, name = 'scripted.remind', values: DueJob['values'] = {}): DueJob => ({
  key,
  name,
  values: { email: erin, ...values },
});

/** Leaves a trace of each run, and says a word to the person whose address it was given. */
const remind: JobHandler = async (tx, { inputId, now }, { email, text = 'Time is up.' }) => {
  await tx.query("insert into message (address, author, text, at) values ('ran', 'isma', $1, $2)", [
    `${inputId} ${text}`,
    now,
  ]);
  const { rows } = await tx.query('select id from person where email = $1', [email]);
  return [{ to: { personId: Number(rows[0]?.id) }, reply: { text } }];
};

describeOnDatabases('a job', (test) => {
  const started: ScriptedCore[] = [];

  afterEach(async () => {
    for (const each of started.splice(0)) await each.core.stop();
  });

  async function start(due: DueJob[], rest: Partial<Script> = {}): Promise<ScriptedCore> {
    const isma = createScriptedCore({
      db: test.db,
      due: async () => due,
      jobs: { 'scripted.remind': remind },
      ...rest,
    });
    started.push(isma);
    await isma.core.start();
    return isma;
  }

  /** Looks for what is due, and waits for the end of it with the pauses between attempts skipped. */
  async function runDue(...cores: ScriptedCore[]): Promise<void> {
    await Promise.all(cores.map(({ core }) => core.runDue()));
    await meanwhile(Promise.all(cores.map(({ core }) => core.quiet())), () => skipPauses(test.db));
  }

  const runs = () => column("select text as value from message where address = 'ran' order by id");
  const inputs = () =>
    column("select event_id || ' ' || state || ' ' || attempts as value from inbox order by id");
  async function column(sql: string): Promise<unknown[]> {
    return (await test.db.query(sql)).rows.map(({ value }) => value);
  }

  it('that several processes find due runs once, says its words to the person, and does nothing when found again', async () => {
    await givenPeople(test.db);
    const due = [job('b', undefined, { text: 'Second.' }), job('a', undefined, { text: 'First.' })];
    const cores = [await start(due), await start(due.toReversed())];

    await runDue(...cores);
    await runDue(...cores);
    const later = await start(due);
    await runDue(later);

    expect(await inputs()).toEqual(['a done 1', 'b done 1']);
    expect(await runs()).toHaveLength(2);
    const delivered = [...cores, later].flatMap((each) => each.delivered);
    expect(delivered.map(({ to, address, reply, via }) => ({ to, address, text: reply.text, via }))).toEqual(
      expect.arrayContaining([
        { to: erin, address: directAddress(erin), text: 'First.', via: {} },
        { to: erin, address: directAddress(erin), text: 'Second.', via: {} },
      ]),
    );
    expect(delivered).toHaveLength(2);
  });

  it('that was cut off runs again, and is written and said once', async () => {
    await givenPeople(test.db);
    const due = [job('a')];
    const dead = createScriptedCore({
      db: test.db,
      due: async () => due,
      jobs: { 'scripted.remind': remind },
    });
    await dead.core.runDue();
    const ours = { platforms: ['clock'], jobs: ['scripted.remind'], asked: [] };
    const claimed = await claimInput(test.db, ours, 'quick');
    await test.db.query("update inbox set lease_until = now() - interval '1 second'");

    const isma = await start(due);
    await runDue(isma);

    expect(claimed?.input.kind).toBe('job');
    expect(await inputs()).toEqual(['a done 2']);
    expect(await runs()).toHaveLength(1);
    expect(isma.delivered).toHaveLength(1);
  });

  it('that always throws ends dead where an operator sees it, leaves nothing, and holds up no other', async () => {
    await givenPeople(test.db);
    const isma = await start([job('a', 'scripted.broken'), job('b', 'scripted.loud'), job('c')], {
      jobs: {
        'scripted.remind': remind,
        'scripted.broken': async (tx, context, values) => {
          await remind(tx, context, values);
          throw new Error('no disk');
        },
        'scripted.loud': async () => [{ to: 'place', reply: { text: 'To all!' } }],
      },
    });

    await runDue(isma);

    expect(await inputs()).toEqual(['a dead 3', 'b dead 3', 'c done 1']);
    expect(await runs()).toHaveLength(1);
    expect(isma.delivered.map(({ reply }) => reply.text)).toEqual(['Time is up.']);
    expect(await statusText(test.db)).toMatch(
      /input \d+ is dead for \d+ s: scripted\.loud [^]*input \d+ is dead for \d+ s: scripted\.broken /,
    );
  });

  it('whose words reach nobody tells nobody else, and the operator sees it', async () => {
    await givenPeople(test.db);
    const isma = await start([job('a')], {
      port: { deliver: () => Promise.reject(new UndeliverableError('account_inactive')) },
    });

    await runDue(isma);

    expect(await inputs()).toEqual(['a done 1']);
    expect(await column("select state || ' ' || problem as value from outbox")).toEqual([
      'failed account_inactive',
    ]);
    expect(await statusText(test.db)).toMatch(/is failed for \d+ s: account_inactive/);
  });

  it('is found later where its workflow cannot say now what is due, and whoever looked is told', async () => {
    await givenPeople(test.db);
    let fails = true;
    const isma = await start([], {
      due: async () => {
        if (fails) throw new Error('no such table');
        return [job('a')];
      },
    });

    await expect(isma.core.runDue()).rejects.toThrow('scripted could not say what is due: no such table');
    fails = false;
    await runDue(isma);

    expect(isma.delivered).toHaveLength(1);
  });

  it('waits for a process that knows it and has a door to the person', async () => {
    await givenPeople(test.db);
    await test.db.transaction(async (tx) => {
      const resolved = await resolvePerson(tx, { ...envelope(erin).sender, platform: 'other' }, today);
      expect(resolved?.person.email).toBe(erin);
    });
    const due = [job('a'), job('b', 'scripted.newer')];
    const newer = createScriptedCore({
      db: test.db,
      due: async () => due,
      jobs: { 'scripted.remind': remind, 'scripted.newer': remind },
    });
    await newer.core.runDue();

    const older = await start([]);
    const aside = await start([job('c')], { takesJobs: false });
    await runDue(older, aside);

    expect(await inputs()).toEqual(['a done 1', 'b received 0']);
    expect([...older.delivered, ...aside.delivered]).toEqual([]);

    const other = await start([], { port: { platform: 'other' } });
    await runDue(other);

    expect(other.delivered.map(({ address }) => address)).toEqual([directAddress(erin)]);
  });

  it('waits until no person waits', async () => {
    await givenPeople(test.db);
    const isma = createScriptedCore({
      db: test.db,
      due: async () => [job('a')],
      jobs: { 'scripted.remind': remind },
    });
    await isma.core.runDue();
    await isma.receive(erin, 'may I?');

    const ours = { platforms: ['clock', 'test'], jobs: ['scripted.remind'], asked: [] };
    const claimed = [await claimInput(test.db, ours, 'quick'), await claimInput(test.db, ours, 'quick')];

    expect(claimed.map((each) => each?.input.kind)).toEqual(['turn', 'job']);
  });

  it('keeps its key when its words are past their retention', async () => {
    await givenPeople(test.db);
    const isma = await start([job('a')]);
    await runDue(isma);

    await forgetMessages(test.db, new Date(Date.now() + 60_000));
    await runDue(isma);

    expect(await column('select input as value from inbox')).toEqual([null]);
    expect(await inputs()).toEqual(['a done 1']);
    expect(isma.delivered).toHaveLength(1);
  });
});
