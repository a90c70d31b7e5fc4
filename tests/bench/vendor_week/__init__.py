"""A retailer's week: 2,000 purchase orders, a warehouse that packs them, and what the retailer charges for it."""
