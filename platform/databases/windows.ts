import type { Report } from "../shared/problems";
import type { RdsDatabase } from "./resolve";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY = 24 * 60;
const WEEK = 7 * DAY;

/** Shortest window that RDS takes, in minutes. Source: RDS API reference, CreateDBInstance. */
const LEAST = 30;

/** Windows of RDS last half an hour at least, and the two do not overlap: AWS refuses the database otherwise. */
export function checkWindows({ key, backupWindow, maintenanceWindow }: RdsDatabase, report: Report): void {
  const path = ["databases", key];
  const backup = spanOf(backupWindow, DAY);
  const maintenance = spanOf(maintenanceWindow, WEEK);
  const short = `AWS takes a time of at least ${LEAST} minutes`;
  if (backup.minutes < LEAST)
    report.refuse([...path, "backupWindow"], backupWindow, short, "write it like 02:00-02:30");
  if (maintenance.minutes < LEAST)
    report.refuse([...path, "maintenanceWindow"], maintenanceWindow, short, "write it like sun:03:00-sun:03:30");
  const clash = Array.from({ length: maintenance.minutes }, (_, minute) => maintenance.from + minute).some(
    (minute) => (minute - backup.from + WEEK) % DAY < backup.minutes,
  );
  if (!clash || backup.minutes < LEAST || maintenance.minutes < LEAST) return;
  const rule = `it overlaps backupWindow (${backupWindow}), and AWS does one at a time`;
  report.refuse([...path, "maintenanceWindow"], maintenanceWindow, rule, "let one begin when the other has ended");
}

/** Where `[day:]hh:mm-[day:]hh:mm` begins, in minutes of its day or week, and how long it lasts; over midnight too. */
function spanOf(window: string, period: number): { from: number; minutes: number } {
  const [from = 0, to = 0] = window.split("-").map((clock) => {
    const [minutes, hours, day] = clock.split(":").reverse();
    return Math.max(0, DAYS.indexOf(day ?? "")) * DAY + Number(hours) * 60 + Number(minutes);
  });
  return { from, minutes: (to - from + period) % period };
}
