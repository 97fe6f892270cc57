/** Forms about a non-conformity: each opens for whoever may see it, in the states from which its move can be made. */
import {
  actionId,
  type ActionCall,
  type Actions,
  type Addressed,
  type Context,
  type Field,
  type SigningAction,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf } from '../../dialogue/command.ts';
import { formCommand } from '../../dialogue/form.ts';
import { field, type Sent } from '../../dialogue/form-fields.ts';
import { Refusal } from '../../errors.ts';
import { lockForCause } from '../../isms/nonconformity/cause-interview.ts';
import { wrongState } from '../../isms/nonconformity/gate.ts';
import { lockById, type Nonconformity } from '../../isms/nonconformity/nonconformity.ts';
import { statesOf } from '../../isms/nonconformity/states.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { room } from './buttons.ts';
import { changedCard } from './plan/nonconformity-card.ts';
import { findReadable, noSuchRecord } from './register/find-readable.ts';

interface Opened {
  tx: Queryable;
  context: Context;
  command: CommandContext;
  nonconformity: Nonconformity;
  reference: string;
  argument: ActionCall['argument'];
}

interface NonconformityForm {
  /** As its states declare it. */
  move: string;
  title: string | ((opened: Opened) => string);
  submit: string | ((opened: Opened) => string);
  lead(nonconformity: Nonconformity): string;
  fields(opened: Opened): Field[] | Promise<Field[]>;
  write(filled: Opened & { fields: Sent }): Promise<Written>;
  at?: string;
  /** A value of its button that it sends on. */
  carries?: string;
  look?: SigningAction['look'];
}

interface Written {
  changed: Nonconformity;
  said: string;
  told?: Addressed[];
}

export function nonconformityForm(
  name: string,
  { move, title, submit, lead, fields, write, at = 'reason', carries, look }: NonconformityForm,
): Actions {
  const worded = (words: typeof title, opened: Opened) => (typeof words === 'string' ? words : words(opened));
  return formCommand<Opened>(room, name, {
    async open(tx, context, { argument }) {
      const nonconformity = await lockReadable(tx, context, argument('record'));
      const command = commandOf(context);
      if (!statesOf(nonconformity).from(move).includes(nonconformity.state))
        throw await wrongState(tx, command, nonconformity);
      return { tx, context, command, nonconformity, reference: nonconformity.reference, argument };
    },
    lead: ({ nonconformity }) => lead(nonconformity),
    form: async (opened) => ({
      id: actionId(`${room}.send-${name}`, {
        record: opened.reference,
        ...(carries === undefined ? {} : { [carries]: opened.argument(carries) }),
      }),
      title: worded(title, opened),
      submitLabel: worded(submit, opened),
      fields: await fields(opened),
    }),
    async write(opened, sent) {
      const { changed, said, told = [] } = await write({ ...opened, fields: sent });
      return [...(await changedCard(opened.tx, opened.context, changed, said)), ...told];
    },
    at,
    ...(look === undefined ? {} : { look }),
  });
}

/** One question: why. */
export function reasonField(label: string, rest: Partial<Pick<Field, 'value' | 'hint'>> = {}): Field {
  return field('reason', label, 'multiline', rest);
}

/** Locked until the caller's transaction ends. @throws Refusal for what the person may not see, as for what is not there */
export async function lockReadable(
  tx: Queryable,
  { person }: Context,
  reference: string,
): Promise<Nonconformity> {
  const found = await findReadable(tx, person, reference);
  if (found?.nonconformity == null) throw new Refusal(noSuchRecord(reference).text);
  return lockById(tx, found.nonconformity.id);
}

/** Whose cause is looked for, for whoever may see it and leads it. Locked until the caller's transaction ends. */
export async function lockLooking(tx: Queryable, context: Context, record: string): Promise<Nonconformity> {
  const { reference } = await lockReadable(tx, context, record);
  return lockForCause(tx, commandOf(context), reference);
}
