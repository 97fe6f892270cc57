/** The calendar, as the house knows it. */
import type { Room } from '../../dialogue/room.ts';
import type { Database } from '../../db/database.ts';
import { calendarBytes } from '../../files/write-calendar.ts';
import { selectDated } from '../../isms/calendar/dated.ts';
import { addMonths, dayOf } from '../../language/calendar.ts';
import { selectSetting } from '../../records/setting.ts';
import type { Dependencies } from '../dependencies.ts';
import { dayOfCalendar, tableOf } from './lines.ts';
import { createCalendarWorkflow, room } from './workflow.ts';

/** Of a certificate, and what comes with it. */
const monthsAhead = 36;

async function selectAllDated(db: Database, now: Date) {
  const { timeZone } = await selectSetting(db, 'working_time');
  const today = dayOf(now, timeZone);
  const span = { from: today, until: addMonths(today, monthsAhead) };
  return { today, all: await selectDated(db, { viewer: null, span, today, late: true }) };
}

export const calendarRoom: Room<Dependencies> = {
  name: room,
  workflow: createCalendarWorkflow,
  tables: {
    async calendar(db, now) {
      const { all, today } = await selectAllDated(db, now);
      return tableOf(all, today);
    },
  },
  calendars: {
    async calendar(db, now) {
      const { all } = await selectAllDated(db, now);
      return calendarBytes('ISMS', all.map((dated) => dayOfCalendar(dated, 'en')), now);
    },
  },
}; // prettier-ignore
