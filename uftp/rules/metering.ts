import { alone } from './rule.ts';

/** What meter readings say. */
export const METERING_RULES = [
  alone({
    name: 'unit-mismatch',
    messages: ['Metering'],
    when: 'a profile of Power is not in kW, or one of energy or meter readings not in kWh',
    text: 'Unit does not fit ProfileType',
    cites: 'UFTP Metering, "Unit": kW for Power, kWh for the rest',
    breaks: ({ Profile }) => {
      const found = Profile.find(({ ProfileType, Unit }) => (ProfileType === 'Power') !== (Unit === 'kW'));
      return found !== undefined && `${found.ProfileType} in ${found.Unit}`;
    },
  }),
  alone({
    name: 'profile-repeated',
    messages: ['Metering'],
    when: 'two profiles have the same ProfileType: the values contradict each other',
    text: 'ProfileType not unique',
    cites: 'own rule: UFTP Metering describes one profile for each ProfileType',
    breaks: ({ Profile }) => {
      const types = Profile.map(({ ProfileType }) => ProfileType);
      const repeated = types.find((type, i) => types.indexOf(type) < i);
      return repeated !== undefined && repeated;
    },
  }),
];
