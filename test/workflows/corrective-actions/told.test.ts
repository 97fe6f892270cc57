/** What a model says of records that a tool told it of: what the record bears out is shown with its button, all else is left out. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOnDatabases } from '../../support/databases.ts';
import { startModelServer, type Behaviour, type ModelServer } from '../../support/model-server.ts';
import { mail } from './given-records.ts';
import { startTalk, type Talk } from './update-talk.ts';

const call = (name: string, input: unknown) => ({ name, arguments: JSON.stringify(input) });

describeOnDatabases('a model that is told of records', (test) => {
  let model: ModelServer;
  let talk: Talk;

  beforeAll(async () => {
    model = await startModelServer();
  });
  afterAll(() => model.close());
  beforeEach(async () => {
    talk = await startTalk(test.db, {}, { modelServer: model });
  });
  afterEach(() => talk.stop());

  const answering = (...behaviours: Behaviour[]) => {
    const begun = model.chatRequests.length;
    model.script((_request, n) => behaviours[n - begun] ?? { text: 'NOT_COVERED' });
  };
  const about = async (
    input: Record<string, unknown>,
    text: string,
    question = 'tell me how it goes there',
  ) => {
    answering({ calls: [call('record' in input ? 'show_record' : 'find_records', input)] }, { text });
    return talk.says('ines', question);
  };
  const nc = { record: 'NC-4' };
  const ca = { record: 'CA-12' };
  const omars = { owner: 'Omar', open: true };

  it('shows what the record bears out', async () => {
    const right: [Record<string, unknown>, string][] = [
      [nc, 'NC-2026-004 waits for Omar Oakapple until 15 December [NC-2026-004].'],
      [nc, 'It waits for Omar and Hugo [NC-4].'],
      [nc, 'NC-4 is a minor non-conformity on information backup, led by Ines Isms [NC-2026-004].'],
      [nc, 'The last of its actions, CA-2026-014, is due on 20 January 2027 [NC-2026-004].'],
      [nc, 'Its actions still have to be done and verified [NC-2026-004].'],
      [nc, 'NC-4 wartet auf Omar Oakapple bis 15. Dezember [NC-2026-004].'],
      [nc, 'NC-4 attend Omar Oakapple jusqu’au 15 décembre 2026 [NC-2026-004].'],
      [ca, 'CA-12 is in progress, 60 % done, and due on 15 December 2026 [CA-2026-012].'],
      [ca, 'Omar Oakapple owns it (CA-2026-012).'],
      [omars, 'Omar has 3 open records [REG-1].'],
      [{ kind: 'nonconformities', open: true }, 'There is one open non-conformity, led by Ines [REG-1][NC-2026-004].'],
      [{ kind: 'nonconformities', open: true, grades: ['major'] }, 'No major non-conformity is open [REG-1].'],
      [{ kind: 'actions', open: true }, 'Omar has three of the 4 open actions [REG-1].'],
      [{ kind: 'actions', period: 'this_year' }, 'Four actions were begun in 2026, 1 is overdue [REG-1].'],
      [omars, 'One of them is overdue: CA-2026-013, due on 20 November [REG-1][CA-2026-013].'],
      [omars, 'CA-13 is overdue since 20 November [CA-2026-013].'],
      [{ owner: 'Erin' }, 'Erin Employee has no records [REG-1].'],
      [{ words: 'backup file server' }, 'That is CA-2026-013, it belongs to Omar Oakapple and is overdue [CA-2026-013].'],
    ]; // prettier-ignore
    const lost: string[] = [];
    for (const [input, text] of right) {
      await about(input, text);
      const { generated, text: shown } = talk.shown('ines');
      if (!generated || shown.length < text.length * 0.6) lost.push(text);
    }
    expect(lost).toEqual([]);
  });

  it('leaves out what it does not, and shows the record itself where nothing holds', async () => {
    const wrong: [Record<string, unknown>, string][] = [
      [nc, 'NC-4 waits for Hugo Owner until 15 December [NC-2026-004].'],
      [nc, 'It waits for Erin Employee until 15 December 2026 [NC-2026-004].'],
      [nc, 'NC-4 waits for Omar Oakapple until 18 December 2026 [NC-2026-004].'],
      [nc, 'NC-4 is closed [NC-2026-004].'],
      [nc, 'NC-4 is a major non-conformity [NC-2026-004].'],
      [nc, 'It is led by Omar Oakapple [NC-2026-004].'],
      [nc, 'NC-9 waits for Omar Oakapple until 15 December [NC-2026-004].'],
      [nc, 'NC-4 wartet auf Erin bis 15. Dezember [NC-2026-004].'],
      [nc, 'NC-4 is verified already [NC-2026-004].'],
      [nc, 'Its effectiveness was verified by Ines Isms [NC-2026-004].'],
      [ca, 'CA-12 is 80 % done [CA-2026-012].'],
      [ca, 'CA-12 is verified [CA-2026-012].'],
      [ca, 'Hugo Owner owns it [CA-2026-012].'],
      [omars, 'Omar has 5 open records [REG-1].'],
      [omars, 'Three of them are overdue [REG-1].'],
      [omars, 'Hugo has 3 open records [REG-1].'],
      [{ kind: 'nonconformities', open: true }, 'There is one open non-conformity, and it is a major [REG-1].'],
      [{ kind: 'actions', open: true }, 'Hugo has three of the open actions [REG-1].'],
      [{ kind: 'actions', open: true }, 'No action is open [REG-1].'],
      [omars, 'CA-12 is overdue [CA-2026-012].'],
      [omars, 'CA-13 is due on 15 December 2026 [CA-2026-013].'],
    ]; // prettier-ignore
    const slipped: string[] = [];
    for (const [input, text] of wrong) {
      const shown = await about(input, text);
      if (talk.shown('ines').generated) slipped.push(text);
      else expect(shown).toMatch(/NC-2026-004 · |CA-2026-012 · |open (?:non-conformit|corrective action)/);
    }
    expect(slipped).toEqual([]);
  });

  it('keeps the sentences that hold, names the record as their source and opens it from a button; a policy may stand beside it', async () => {
    await about(nc, 'NC-4 waits for Omar Oakapple until 15 December [NC-2026-004]. It was closed by Hugo Owner in May [NC-2026-004].'); // prettier-ignore

    const { text, citations, choices, buttons } = talk.shown('ines');
    expect(text).toBe('NC-4 waits for Omar Oakapple until 15 December [1].');
    expect(citations).toMatchObject([
      { n: 1, kind: 'record', section: 'NC-2026-004', heading: 'Firewalls of branch offices lack patches' },
    ]);
    expect(citations[0]?.quote).toContain('NC-2026-004 waits for Omar Oakapple until 15 December 2026');
    expect(choices.map(({ label }) => label)).toEqual(['Look at NC-2026-004']);
    expect(buttons.map(({ label }) => label)).toEqual(['Helpful', 'Not helpful']);
    expect(await talk.presses('ines', 'Look at NC-2026-004')).toContain('Firewalls of branch offices');
  });

  it('takes a question of its own for an answer of no record, and cards for what they propose', async () => {
    expect(await about({ words: 'firewall backup server' }, 'Which of them do you mean?')).toContain(
      'These records come nearest',
    );
    answering({ calls: [call('show_record', ca)] }, { calls: [call('propose_update', { updates: [{ record: 'CA-12', note: 'Seen' }] })] }); // prettier-ignore
    expect(await talk.says('ines', 'put a word on the firewall thing that I have seen it')).toContain(
      'Confirm',
    );
  });

  it('says nothing of a record to who may not read it, nor in a channel to anybody but who asks', async () => {
    answering({ calls: [call('show_record', nc)] }, { text: 'NC-4 waits for Omar Oakapple [NC-2026-004].' });
    expect(await talk.says('erin', 'tell me how it goes there')).toBe(
      'There is no NC-4 that you may see. Say «my actions» for what is yours.',
    );

    answering({ calls: [call('show_record', nc)] }, { text: 'NC-4 waits for Omar Oakapple until 15 December [NC-2026-004].' }); // prettier-ignore
    const said = await talk.say(mail('ines'), 'tell me how it goes there', { channel: 'C1' });
    const [inChannel] = said.filter(({ reply }) => reply.notice === 'private');
    expect(inChannel?.reply.text).toContain('the register is not for everybody here');
    expect(said.filter(({ reply }) => reply.text.includes('Omar')).map(({ address }) => address)).toEqual([
      `test:dm:${mail('ines')}`,
    ]);
  });
});
