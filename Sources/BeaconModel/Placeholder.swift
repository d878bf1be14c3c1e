// BeaconModel
