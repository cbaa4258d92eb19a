import { alertsOf } from './alerts.ts';
import { assetProfilesOf } from './asset-profiles.ts';
import { baselinesOf } from './baselines.ts';
import { bookingsOf } from './bookings.ts';
import { capacityOf } from './capacity.ts';
import { inTransaction, openClient } from './client.ts';
import { connectionsOf } from './connections.ts';
import { contractsOf } from './contracts.ts';
import { conversationsOf } from './conversations.ts';
import { dispatchesOf } from './dispatches.ts';
import { forecastsOf } from './forecasts.ts';
import { inboxOf } from './inbox.ts';
import { ledgerOf } from './ledger.ts';
import { meterReadingsOf } from './meter-readings.ts';
import { meteringsOf } from './meterings.ts';
import { ordersOf } from './orders.ts';
import { outagesOf } from './outages.ts';
import { outboxOf } from './outbox.ts';
import { portfolioOf } from './portfolio.ts';
import { portfolioSyncOf } from './portfolio-sync.ts';
import { prognosesOf } from './prognoses.ts';
import { reservationsOf } from './reservations.ts';
import { settlementItemsOf } from './settlement-items.ts';
import { settlementsOf } from './settlements.ts';
import { statementsOf } from './statements.ts';

export * from './errors.ts';
export { genesis, linkHash, verifyChain } from './ledger.ts';
export { migrate } from './migrate.ts';
export type { AlertSeverity, AlertState, ConversationAlert, StoredAlert } from './alerts.ts';
export type { Baseline } from './baselines.ts';
export type { Booking } from './bookings.ts';
export type { Choice, HeldAsset, Hold, HoldScope, Standing } from './capacity.ts';
export type { AssetProfile, UncheckedProfile } from './asset-profiles.ts';
export type { Outage, StoredOutage } from './outages.ts';
export type * from './connection-diff.ts';
export type { PortfolioVersion, RecordedConnection } from './connections.ts';
export type { SyncStanding, ViewChange } from './portfolio-sync.ts';
export type { ListApplied, ListToApply } from './portfolio-list.ts';
export type { ContractVersion, NewTerms } from './contracts.ts';
export type { Conversation, TimelineEntry } from './conversations.ts';
export type { HandOverOutcome, StoredDispatch } from './dispatches.ts';
export type { ImportedFile } from './import.ts';
export type { ForecastLevel, UploadedForecast } from './forecasts.ts';
export type * from './inbox.ts';
export type { LedgerEntry } from './ledger.ts';
export type * from './readings.ts';
export type * from './meterings.ts';
export type { AcceptedOrder, StoredISP, StoredOrder } from './orders.ts';
export type { Delivery, NewOutbound, OutboxHead, OutboxKey, OutboxRow } from './outbox.ts';
export type { ActiveCongestionPoint } from './portfolio.ts';
export type { PortfolioView, ViewedCongestionPoint } from './portfolio-views.ts';
export type { PrognosisDay, ResultingProfile, StoredPrognosis } from './prognoses.ts';
export type { InForce, ReservationUpdate } from './reservations.ts';
export type { SettlementItem } from './settlement-items.ts';
export type { ContractItem, ItemDecision, Settlement } from './settlements.ts';
export type { StatementOrder } from './statements.ts';

/** Where to keep things. */
export interface StoreOptions {
  /** `postgresql://` URL of a migrated database. */
  readonly url: string;
  /** Connections at most; default 10. */
  readonly poolSize?: number;
}

/**
 * Everything Flexor keeps. Plain JSON comes out (bytes as Uint8Array); whatever goes wrong is a StoreError:
 * `store.unavailable` (try again), `store.conflict`, `store.not-found` or `store.broken`.
 */
export type Store = ReturnType<typeof createStore>;

/** Opens the store. It connects with its first query, so that a database may come up after it. */
export function createStore({ url, poolSize }: StoreOptions) {
  const db = openClient(url, poolSize);
  return {
    inbox: inboxOf(db),
    outbox: outboxOf(db),
    conversations: conversationsOf(db),
    orders: ordersOf(db),
    bookings: bookingsOf(db),
    capacity: capacityOf(db),
    outages: outagesOf(db),
    assetProfiles: assetProfilesOf(db),
    contracts: contractsOf(db),
    reservations: reservationsOf(db),
    portfolio: portfolioOf(db),
    portfolioSync: portfolioSyncOf(db),
    connections: connectionsOf(db),
    baselines: baselinesOf(db),
    forecasts: forecastsOf(db),
    prognoses: prognosesOf(db),
    meterReadings: meterReadingsOf(db),
    meterings: meteringsOf(db),
    settlementItems: settlementItemsOf(db),
    settlements: settlementsOf(db),
    statements: statementsOf(db),
    dispatches: dispatchesOf(db),
    alerts: alertsOf(db),
    ledger: ledgerOf(db),
    /** Resolves if the database answers. */
    ping: async (): Promise<void> => void (await db.$queryRaw`SELECT 1`),
    /** Ends all connections. */
    close: (): Promise<void> => inTransaction(() => db.$disconnect()),
  };
}
