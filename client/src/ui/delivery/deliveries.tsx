import { useEffect } from 'react';
import { useClient } from '../../react/index.ts';
import { tellDeliveries } from './telling.ts';

/** Tells the rooms that want it what is on this device, for as long as it is shown. */
export default function Deliveries(): null {
  const client = useClient();
  useEffect(() => tellDeliveries(client), [client]);
  return null;
}
