/** What people mostly mean by later, where they are. */
export interface SuggestedTimes {
  readonly inAnHour: Date;
  readonly tomorrowMorning: Date;
  readonly mondayMorning: Date;
}

const MORNING_HOUR = 9;

/** @param now as the device has it: mornings are at nine where it is */
export function suggestedTimes(now: Date): SuggestedTimes {
  const inDays = (days: number) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING_HOUR);
  return {
    inAnHour: new Date(now.getTime() + 3_600_000),
    tomorrowMorning: inDays(1),
    mondayMorning: inDays(((7 - now.getDay()) % 7) + 1),
  };
}
