select load_key from ship_load where effect_key = $1
