"""Reading and keeping: OpenStreetMap, tables, the store, exports."""
