-- The impressions of both policies. A log's first column, the line's index, has no name there; DuckDB calls it column00.
WITH logs AS (
  SELECT 'random' AS policy, * FROM random_log
  UNION ALL
  SELECT 'bts' AS policy, * FROM bts_log
)
SELECT
  policy,
  CAST(column00 AS INTEGER) AS index,
  CAST(item_id AS INTEGER) AS item_id,
  -- UTC, as all times of the logs are: `2019-11-24 00:00:17.004101+00:00`.
  substr(timestamp, 1, 10) AS day,
  epoch_us(CAST(timestamp AS TIMESTAMPTZ)) AS timestamp,
  CAST(position AS INTEGER) AS position,
  CAST(click AS BOOLEAN) AS click,
  CAST(propensity_score AS DOUBLE) AS propensity_score,
  user_feature_0,
  user_feature_1,
  user_feature_2,
  user_feature_3,
  -- One column an item, by item id.
  CAST([*COLUMNS('^user-item_affinity_\d+$')] AS FLOAT[]) AS affinity
FROM logs
