/** One person after the other talks with Isma about a small register: what they say and press, and what they are shown. */
import { buttonsOf } from '../../../src/doors/console/render.ts';
import type { Reply, Turn } from '../../../src/conversation/contract.ts';
import { plainText } from '../../../src/conversation/plain-text.ts';
import type { Database } from '../../../src/db/database.ts';
import {
  selectOptionalAction,
  type CorrectiveAction,
} from '../../../src/isms/corrective-action/corrective-action.ts';
import { startHarness, type Harness, type HarnessOptions, type Said } from '../../support/harness.ts';
import { givenAction, givenNonconformity, givenStaff, mail, type Name } from './given-records.ts';

export interface Talk extends Harness {
  ids: Record<Name, number>;
  /** What the person is shown, all of it as plain words. */
  says(who: Name, text: string, files?: readonly string[]): Promise<string>;
  /** Presses the button of the last reply to them that begins so, or sends its form. */
  presses(who: Name, label: string, fields?: Record<string, string>): Promise<string>;
  /** The last reply to this person. */
  shown(who: Name): Reply;
  action(reference: string): Promise<CorrectiveAction>;
  count(table: string): Promise<number>;
}

/** Omar has three actions of NC-2026-004, which Ines leads and Mona approves: one under way, one overdue, one new. */
export async function startTalk(
  db: Database,
  contents: Record<string, Uint8Array | string> = {},
  options: Partial<HarnessOptions> = {},
): Promise<Talk> {
  const ids = await givenStaff(db);
  const { ines, mona, omar, hugo } = ids;
  const nonconformity = await givenNonconformity(db, {
    reference: 'NC-2026-004',
    title: 'Firewalls of branch offices lack patches',
    owner_id: ines,
    approver_id: mona,
    state: 'action_planned',
    plan_approved_at: new Date('2026-11-02T09:00:00Z'),
  });
  const of = { nonconformity_id: nonconformity };
  await givenAction(db, { ...of, reference: 'CA-2026-012', owner_id: omar, due_on: '2026-12-15', description: "Roll out the vendor's firewall patch", state: 'in_progress', progress: 60 }); // prettier-ignore
  await givenAction(db, { ...of, reference: 'CA-2026-013', owner_id: omar, due_on: '2026-11-20', description: 'Restore a backup of the file server' }); // prettier-ignore
  await givenAction(db, { ...of, reference: 'CA-2026-014', owner_id: omar, due_on: '2027-01-20', description: 'Train the service desk', state: 'proposed' }); // prettier-ignore
  await givenAction(db, { ...of, reference: 'CA-2026-015', owner_id: hugo, due_on: '2026-12-20', description: 'Clean up the mail server' }); // prettier-ignore

  const harness = await startHarness({
    db,
    fetch: async ({ name }) => {
      const content = contents[name];
      if (content === undefined) throw new Error('the platform does not answer');
      return Buffer.from(content);
    },
    ...options,
  });
  const last = new Map<string, Reply>();
  const keep = (said: Said[], who: Name) => {
    for (const { address, reply } of said) last.set(address, reply);
    return said
      .filter(({ address }) => address.endsWith(mail(who)))
      .map(({ reply }) => plainText(reply))
      .join('\n');
  };
  const shown = (who: Name): Reply => {
    const reply = last.get(`test:dm:${mail(who)}`);
    if (reply === undefined) throw new Error(`${who} was shown nothing`);
    return reply;
  };
  return {
    ...harness,
    ids,
    shown,
    async says(who, text, files = []) {
      const attachments = files.map((name): Turn['attachments'][number] => ({
        name,
        size: contents[name]?.length ?? 1,
        contentType: 'application/octet-stream',
        source: name,
      }));
      return keep(await harness.say(mail(who), text, { attachments }), who);
    },
    async presses(who, label, fields) {
      const more = shown(who).buttons.find((each) => each.label === 'More');
      const seen = buttonsOf(shown(who)).some((each) => each.label.startsWith(label));
      if (!seen && fields === undefined && more !== undefined)
        keep(await harness.press(mail(who), more.id), who);
      const reply = shown(who);
      const button = buttonsOf(reply).find((each) => each.label.startsWith(label));
      const id = fields !== undefined && reply.form !== null ? reply.form.id : button?.id;
      if (id === undefined) throw new Error(`${who} sees no «${label}» in: ${plainText(reply)}`);
      return keep(await harness.press(mail(who), id, fields), who);
    },
    async action(reference) {
      const action = await selectOptionalAction(db, reference);
      if (action === null) throw new Error(`no ${reference}`);
      return action;
    },
    async count(table) {
      const { rows } = await db.query(`select count(*) as count from ${table}`);
      return Number(rows[0]?.count);
    },
  };
}
